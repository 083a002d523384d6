import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_COLOURS, tokensOf } from "../../../../static/js/model/text/code-colours.js";
import { codeLanguages } from "../../../../static/js/model/text/code-languages.js";
import { extentOf, headOf, SHOWN, tailOf } from "../../../../static/js/model/text/head.js";
import { isOnlyEmoji, parse, sourceOf } from "../../../../static/js/model/text/markup.js";
import { MAX_ELEMENTS } from "../../../../static/js/model/text/parts.js";
import { TextRenderer } from "../../../../static/js/view/message/text.js";
import { FakeElement, useFakeDocument } from "../../fake-document.js";
import { randomFrom } from "../../support.js";

/** @typedef {import("../../../../static/js/model/text/markup.js").Part} Part */

const LENGTH = 4000;
/** What texts of the grammar are made of. */
const FRAGMENTS = [
	..."*_~`>#@:)(<3-.[]|\\/ \n\t;&=αω\u0301\u202e\u200d",
	"``",
	"```",
	"````",
	"```js\n",
	"\n```\n",
	"```\n",
	"a```\n",
	"> ",
	"> a\n",
	"- a\n",
	"1. a\n",
	"1) a\n",
	"*a* ",
	"**a** ",
	"***a*** ",
	"_a_ ",
	"~~a~~ ",
	"`a` ",
	"``a``",
	":+1:",
	":a:",
	":)",
	" :) ",
	"@a ",
	"@bob ",
	"@bob@bob",
	"#a ",
	"#music",
	"https://",
	"xhttps://",
	"https://a ",
	"https://a)",
	"mailto:",
	"||",
	"||a|| ",
	"|a|b|\n",
	"|-|-|\n",
	"|a\n|-\n",
	"|a|b|\n|-|-|\n|c|`d`|\n",
	"[",
	"[a](",
	"[a](https://",
	"[a](https://a.b) ",
	"[a](https://a.b(",
	"mailto:a@b ",
	":mailto:**",
	"😀",
	"😀 ",
	"1️⃣",
	"👩‍👩‍👧‍👦",
	"🏴󠁧",
	"\u{E0041}",
	"。",
	"次",
	"a",
	"word ",
];

/** @type {import("../../../../static/js/model/text/inline.js").MarkupContext} */
const context = {
	emojiNamed: (name) => ({ "+1": "👍" })[name],
	emojiForEmoticon: (emoticon) => ({ ":)": "🙂" })[emoticon],
};

/** Texts of one fragment, of pairs, and of several at random: each as long as a message can be. */
function* texts() {
	for (const one of FRAGMENTS) {
		yield filled([one]);
		yield `${one}${"a".repeat(LENGTH - one.length)}`;
	}
	const random = randomFrom(5);
	const any = () => String(FRAGMENTS[Math.floor(random() * FRAGMENTS.length)]);
	for (let round = 0; round < 150; round += 1) {
		const fragments = Array.from({ length: 2 + Math.floor(random() * 4) }, any);
		yield filled(fragments);
		// Many different ones: nothing ends where it should.
		yield filled(Array.from({ length: 200 }, any));
		yield filled([filled([String(fragments[0])]).slice(0, LENGTH / 2), any(), filled([String(fragments[1])])]);
	}
}

/** @param {string[]} fragments */
const filled = (fragments) => {
	const once = fragments.join("");
	return once.repeat(Math.ceil(LENGTH / once.length)).slice(0, LENGTH);
};

/**
 * How many characters regular expressions and searches look at. A sticky or global expression looks from its place to
 * the end of its match, or to the end of the text; the others look at all of a text.
 * @param {() => void} parsing
 */
function stepsOf(parsing) {
	const { exec } = RegExp.prototype;
	const { indexOf } = String.prototype;
	let steps = 0;
	RegExp.prototype.exec = function (text) {
		const from = this.global || this.sticky ? this.lastIndex : 0;
		const match = exec.call(this, text);
		const isAnchored = this.sticky || this.source.startsWith("^");
		steps += match ? match.index + match[0].length - from : isAnchored ? 1 : Math.max(text.length - from, 0);
		return match;
	};
	String.prototype.indexOf = function (wanted, from = 0) {
		const found = indexOf.call(this, wanted, from);
		steps += (found < 0 ? this.length : found) - from;
		return found;
	};
	try {
		parsing();
	} finally {
		RegExp.prototype.exec = exec;
		String.prototype.indexOf = indexOf;
	}
	return steps;
}

const renderer = () => {
	useFakeDocument();
	const i18n = /** @type {any} */ ({ text: (/** @type {string} */ key) => key });
	return new TextRenderer(
		i18n,
		() => {},
		() => "id",
	);
};

/** @param {TextRenderer} texts @param {readonly Part[]} parts */
function elementsOf(texts, parts) {
	const root = new FakeElement("div");
	root.append(.../** @type {any} */ (texts.draw(parts)));
	const colours = root.all.filter(({ attributes }) => attributes.get("class")?.startsWith("code-")).length;
	return { elements: root.all.length - 1, nodes: root.nodes, colours };
}

test("no text takes more than three times the steps of plain text of the same length", () => {
	const plain = stepsOf(() => parse("word ".repeat(LENGTH / 5), context));
	let worst = { steps: 0, text: "" };
	for (const text of texts()) {
		const steps = stepsOf(() => isOnlyEmoji(parse(text, context)));
		if (steps > worst.steps) worst = { steps, text };
	}
	assert.ok(
		worst.steps <= 3 * plain,
		`${worst.steps} steps for ${JSON.stringify(worst.text.slice(0, 60) + worst.text.slice(-60))}`,
	);
});

test("no code takes more than twice the steps of its length to colour", () => {
	const starts = ["", '"', "'", '"""', "/*", "`", "<!--", "a=", '="', "--[[", "#", "a\\"];
	const fills = [
		"a",
		"1",
		" ",
		"(",
		'"',
		"\\",
		"a ",
		"a:",
		"/",
		"-",
		"*",
		"\n",
		"=",
		"<",
		"<a ",
		"'a",
		"é",
		'\\"',
		"#a",
		"1.",
		"@",
		"`",
	];
	for (const language of codeLanguages().keys()) {
		for (const start of starts) {
			for (const fill of fills) {
				const code = (start + fill.repeat(LENGTH)).slice(0, LENGTH);
				const steps = stepsOf(() => {
					const tokens = tokensOf(code, language, Number.POSITIVE_INFINITY) ?? [];
					assert.equal(tokens.map(({ text }) => text).join(""), code);
				});
				assert.ok(steps <= 2 * LENGTH, `${steps} steps in ${language} for ${JSON.stringify(code.slice(0, 20))}`);
			}
		}
	}
});

test("no text becomes more elements than the limit, and few of them until all of it is asked for", () => {
	const draw = renderer();
	for (const text of texts()) {
		const parts = parse(text, context);
		assert.equal(sourceOf(parts), text);
		const all = elementsOf(draw, parts);
		assert.ok(all.elements <= MAX_ELEMENTS, `${all.elements} from ${JSON.stringify(text.slice(0, 60))}`);
		// Adjacent texts are one node: there is at most one on each side of an element.
		assert.ok(all.nodes <= 3 * MAX_ELEMENTS + 1, `${all.nodes} nodes from ${JSON.stringify(text.slice(0, 60))}`);
		const head = headOf(parts);
		const shown = elementsOf(draw, head ?? parts);
		assert.ok(
			shown.elements - shown.colours <= 1.25 * SHOWN.elements + 20 && shown.colours <= MAX_COLOURS + 8,
			`${shown.elements} from ${JSON.stringify(text.slice(0, 60))}`,
		);
		if (head) assert.ok(text.startsWith(sourceOf(head).replace(/\n?[`\s]*$/, "")), JSON.stringify(text.slice(0, 60)));
	}
});

test("a long message shows its beginning, a short one all of it", () => {
	const read = (/** @type {string} */ text) => {
		const head = headOf(parse(text, context));
		return head && sourceOf(head);
	};
	assert.equal(read("word ".repeat(400)), null);
	assert.equal(read("line\n".repeat(30)), null);
	assert.equal(read("word ".repeat(800)), "word ".repeat(320));
	assert.equal(read("line\n".repeat(100)), "line\n".repeat(24).trimEnd());
	assert.equal(read("😀".repeat(4000)), "😀".repeat(800));
	assert.equal(read("👩‍👩‍👧‍👦".repeat(300))?.length, 145 * "👩‍👩‍👧‍👦".length);
	assert.equal(read(`> ${"a ".repeat(1900)}`)?.length, SHOWN.characters);
	assert.equal(read("- a\n".repeat(100))?.split("\n").length, SHOWN.lines + 1);
	assert.ok(extentOf(headOf(parse("*a* ".repeat(1000), context)) ?? []).elements <= SHOWN.elements + 3);
});

test("a long block of code is cut, but copied whole", () => {
	const code = "line\n".repeat(100).trimEnd();
	const [block] = headOf(parse(`\`\`\`\n${code}\n\`\`\``, context)) ?? [];
	assert.ok(block?.kind === "block");
	assert.deepEqual([block.code.split("\n").length, block.whole], [SHOWN.lines, code]);
});

test("of a long draft, the end is shown", () => {
	assert.equal(tailOf("short"), "short");
	assert.equal(tailOf(`${"a".repeat(4000)}end`), `…${"a".repeat(SHOWN.characters - 3)}end`);
	assert.equal(tailOf(`${"line\n".repeat(100)}end`).split("\n").length, SHOWN.lines);
	assert.ok(!/\p{Surrogate}/u.test(tailOf(`x${"😀".repeat(4000)}`)));
});
