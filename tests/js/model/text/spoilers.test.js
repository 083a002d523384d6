import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutSigns } from "../../../../static/js/model/text/excerpt.js";
import { namedLinkIn } from "../../../../static/js/model/text/links.js";
import { parse, shownIn, sourceOf } from "../../../../static/js/model/text/markup.js";
import { withBlocks, withoutSpoilers, withSpoilerClosed } from "../../../../static/js/model/text/spoilers.js";
import { SpokenWords } from "../../../../static/js/model/text/spoken-words.js";

/** @typedef {import("../../../../static/js/model/text/markup.js").Part} Part */

/** The sources of the spoilers. @param {string} text @returns {string[]} */
function spoilersIn(text) {
	const parts = parse(text);
	assert.equal(sourceOf(parts), text);
	/** @param {readonly Part[]} all @returns {string[]} */
	const search = (all) =>
		all.flatMap((part) => {
			if (part.kind === "spoiler") return [sourceOf(part.children)];
			if (part.kind === "list") return part.items.flatMap(({ children }) => search(children));
			if (part.kind === "table") return part.rows.flatMap(({ cells }) => search(cells.flat()));
			return "children" in part ? search(part.children) : [];
		});
	return search(parts);
}

test("two strokes around words hide them", () => {
	assert.deepEqual(spoilersIn("he ||dies|| and ||she *too*||!"), ["||dies||", "||she *too*||"]);
	assert.deepEqual(spoilersIn("*bold ||x||* > ||y||\n> ||z||\n- ||l||"), ["||x||", "||y||", "||z||", "||l||"]);
	assert.deepEqual(spoilersIn("||https://a.org|| ||`x`||"), ["||https://a.org||", "||`x`||"]);
});

test("strokes that enclose no words hide nothing", () => {
	for (const text of ["a || b || c", "a||b||c", "||||", "|| a||", "\\||a||", "`||a||`", "|||a|||", "||a\nb||", "||"]) {
		assert.deepEqual(spoilersIn(text), [], text);
	}
});

test("no other mark uncovers a spoiler that it crosses", () => {
	assert.deepEqual(spoilersIn("*a ||b* c||"), ["||b* c||"]);
	assert.deepEqual(spoilersIn("||a *b|| c*"), ["||a *b||"]);
});

test("spoilers are hidden in quotes, notifications and search hits", () => {
	assert.equal(shownIn(parse("he ||dies *soon*|| x")), "he ▒▒▒▒ x");
	const found = withoutSigns("he ||dies|| x", [[5, 9]]);
	assert.deepEqual(found, { text: "he ▒▒▒▒ x", marks: [[3, 7]] });
});

test("a spoiler whose end was cut off is closed", () => {
	assert.equal(shownIn(parse(withSpoilerClosed("he ||dies at the"))), "he ▒▒▒▒");
	assert.equal(withSpoilerClosed("he ||dies|| at"), "he ||dies|| at");
	assert.equal(withSpoilerClosed("||a|| ||b|| c"), "||a|| ||b|| c");
});

test("a spoiler is hidden from its first letter on while it is typed", () => {
	assert.equal(withBlocks("he ||d"), "he ||▒");
	assert.equal(withBlocks("he ||dies so"), "he ||▒▒▒▒ ▒▒");
	assert.equal(withBlocks("he ||dies|| now"), "he ||▒▒▒▒|| now");
	assert.equal(withBlocks("a || b"), "a || b");
	assert.equal(withBlocks("||a\nb"), "||▒\nb");
	assert.equal(withoutSpoilers("he ||dies|| now ||x"), "he … now …");
});

test("whatever the parser hides was hidden while it was typed", () => {
	const pieces = ["||", "|", " ", "a", "中", "*", "\\", "`", ".", "\n"];
	for (let number = 0; number < 10 ** 5; number += 7) {
		const text = [...String(number).padStart(5, "0")].map((digit) => pieces[Number(digit)]).join("");
		const hidden = spoilersIn(`||s${text}`);
		const seen = withBlocks(`||s${text}`);
		if (hidden[0]?.startsWith("||s")) assert.ok(!seen.includes("s"), JSON.stringify(text));
	}
});

test("words of a spoiler are not read aloud while they are typed", () => {
	const words = new SpokenWords();
	const typed = (/** @type {string} */ text) =>
		words.next([/** @type {any} */ ({ id: "g", author: { name: "Eve" }, text })]).map((each) => each.words);
	assert.deepEqual(typed("he ||dies "), ["he …"]);
	assert.deepEqual(typed("he ||dies soon|| now "), ["now"]);
});

test("a link has a text of its own, and shows its host", () => {
	const [open, link, close] = parse("[the *docs*](https://a.org/x_(y))");
	assert.deepEqual(link, {
		kind: "link",
		text: "the *docs*",
		href: "https://a.org/x_(y)",
		host: "a.org",
		named: true,
	});
	assert.deepEqual(
		[open, close],
		[
			{ kind: "mark", text: "[" },
			{ kind: "mark", text: "](https://a.org/x_(y))" },
		],
	);
	assert.equal(shownIn(parse("see [docs](https://a.org).")), "see docs.");
});

test("the text of a link cannot be taken for another address", () => {
	for (const text of [
		"bank.com",
		"https://bank.com",
		"www",
		"bank．com",
		"@ada",
		"a\u202eb",
		"\u200b",
		" a",
		"http:⁄⁄x",
	]) {
		assert.equal(namedLinkIn(text, "https://a.org"), null, text);
	}
	for (const address of ["https://u@a.org", "mailto:a@b.c", "https://a.org.", "javascript:x"]) {
		assert.equal(namedLinkIn("docs", address), null, address);
	}
	assert.equal(namedLinkIn("docs", "https://аpple.com")?.host, "xn--pple-43d.com");
	for (const text of [
		"\\[a](https://a.org)",
		"[a] (https://a.org)",
		"[a](a.org)",
		"[](https://a.org)",
		"[a](https://a.org",
	]) {
		assert.ok(!parse(text).some((part) => "named" in part), text);
	}
});
