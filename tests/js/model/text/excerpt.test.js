import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt, withoutSigns } from "../../../../static/js/model/text/excerpt.js";

/** @param {string} text @param {[number, number][]} marks @param {number} [maxChars] */
const marked = (text, marks, maxChars) =>
	excerpt({ text, marks }, maxChars)
		.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
		.join("");

test("matches are marked, by code points", () => {
	assert.equal(marked("🙂 καλημέρα σε όλους", [[2, 10]]), "🙂 [καλημέρα] σε όλους");
	assert.equal(
		marked("aab", [
			[0, 1],
			[1, 2],
		]),
		"[a][a]b",
	);
	assert.equal(
		marked("abc", [
			[0, 2],
			[1, 3],
		]),
		"[ab][c]",
	);
	assert.equal(marked("plain", []), "plain");
	assert.equal(marked("ab", [[1, 99]]), "a[b]");
});

test("a long text is cut to the part around the first match", () => {
	const text = `${"x".repeat(500)} word ${"y".repeat(500)}`;
	const shown = marked(text, [[501, 505]]);
	assert.ok(shown.startsWith("… xxx") && shown.endsWith("yyy …") && shown.includes("[word]"));
	assert.ok(shown.length < 300);
});

/** @param {string} text @param {string} word the match */
function seen(text, word) {
	const at = Array.from(text.slice(0, text.indexOf(word))).length;
	const emojiNamed = (/** @type {string} */ name) => (name === "tada" ? "🎉" : undefined);
	const pieces = excerpt(withoutSigns(text, [[at, at + Array.from(word).length]], { emojiNamed }));
	return pieces.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join("");
}

test("matches are shown without markup", () => {
	assert.equal(seen("🙂 yes, *indeed* so", "indeed"), "🙂 yes, [indeed] so");
	assert.equal(seen("_*both* of it_ and `co*de*`", "de"), "both of it and co*[de]*");
	assert.equal(seen("> said\n- one\n- two\nend", "two"), "said\none\n[two]\nend");
	assert.equal(seen("so:\n```js\nlet a;\n```\nright", "right"), "so:\nlet a;\n[right]");
	assert.equal(seen(":tada: done", "done"), "🎉 [done]");
	assert.equal(seen(":tada: done", "tada"), "[🎉] done");
	assert.equal(seen("```python\nx\n```", "python"), "x");
});
