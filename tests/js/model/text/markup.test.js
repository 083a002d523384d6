import assert from "node:assert/strict";
import { test } from "node:test";
import { isOnlyEmoji, parse, shownIn, sourceOf } from "../../../../static/js/model/text/markup.js";
import { TextRenderer } from "../../../../static/js/view/message/text.js";
import { FakeElement, useFakeDocument } from "../../fake-document.js";
import { randomFrom } from "../../support.js";

/** @typedef {import("../../../../static/js/model/text/markup.js").Part} Part */

/** @type {import("../../../../static/js/model/text/inline.js").MarkupContext} */
const context = {
	emojiNamed: (name) => ({ smile: "😄", "+1": "👍" })[name],
	emojiForEmoticon: (emoticon) => ({ ":)": "🙂", "<3": "❤️", ">:(": "👿", "D:": "😩", "x(": "😖" })[emoticon],
	mentionedUsers: new Map([
		["bob", "id-bob"],
		["bob.", "id-dot"],
		["αννα", "id-anna"],
		["here", "here"],
	]),
};

/**
 * A short form: every part but plain text is in brackets with its kind.
 * @param {readonly Part[]} parts
 * @returns {string}
 */
function short(parts) {
	return parts
		.map((part) => {
			if (part.kind === "text") return part.text;
			if (part.kind === "mark") return "";
			if (part.kind === "emoji") return part.emoji;
			if (part.kind === "block") return `[block ${part.language}|${part.code}]`;
			if (part.kind === "list") {
				const items = part.items.map(({ value, children }) => `${value ?? "-"} ${short(children)}`);
				return `[list ${items.join(", ")}]`;
			}
			if (part.kind === "table") {
				return `[table ${part.rows.map(({ cells }) => cells.map(short).join("/")).join(", ")}]`;
			}
			return `[${part.kind} ${"children" in part ? short(part.children) : part.text}]`;
		})
		.join("");
}

/** @param {string} text */
const read = (text) => short(parse(text, context));

test("bold, italic and struck text can be nested", () => {
	assert.equal(
		read("a *bold* _it_ ~no~ **two** ~~two~~"),
		"a [strong bold] [emphasis it] [struck no] [strong two] [struck two]",
	);
	assert.equal(read("*one _two ~three~_*"), "[strong one [emphasis two [struck three]]]");
	assert.equal(read("(*a*), «_β_»!"), "([strong a]), «[emphasis β]»!");
});

test("markers that do not surround words stay text", () => {
	for (const text of [
		"2 * 3 * 4",
		"snake_case_name",
		"__init__",
		"a*b*c",
		"* a*",
		"**",
		"_ _",
		"*open",
		"*a\nb*",
		"¯\\_(ツ)_/¯",
		"~5 or ~6",
		"***",
	]) {
		assert.equal(read(text), text.startsWith("* ") ? "[list - a*]" : text);
	}
});

test("crossed emphasis ends where the outer one ends", () => {
	assert.equal(read("*a _b* c_"), "[strong a _b] c_");
});

test("nothing is parsed inside code", () => {
	assert.equal(read("`*a* :smile: #music` *b*"), "[code *a* :smile: #music] [strong b]");
	assert.equal(read("``a ` b`` and `open"), "[code a ` b] and `open");
	assert.equal(read("```js\nconst a = `*b*`;\n\n> c\n```\nafter"), "[block js|const a = `*b*`;\n\n> c]after");
	assert.equal(read("```\n```"), "[block |]");
	assert.equal(read("```js\nwithout an end"), "```js\nwithout an end");
});

test("a fence may follow the last line of the code, have more backticks, be indented, and code may follow it", () => {
	assert.equal(read("```\na\nb```\nafter"), "[block |a\nb]after");
	assert.equal(read("```js\na``` \nafter"), "[block js|a]after");
	assert.equal(read("````\n```\na\n```\n````\nafter"), "[block |```\na\n```]after");
	assert.equal(read("```\na\n`````\nafter"), "[block |a]after");
	assert.equal(read("  ```\n  a\n  ```"), "[block |  a]");
	assert.equal(read("```const a = 1;\nlet b;\n```"), "[block |const a = 1;\nlet b;]");
	assert.equal(read("```\nuse ```x``` here\nlast ```y```\n```\nafter"), "[block |use ```x``` here\nlast ```y```]after");
	assert.equal(read("```\na\n```\n*b*\n```\nc```"), "[block |a][strong b][block |c]");
	assert.equal(read("````\na\n```"), "````\na\n```");
	assert.equal(read("```a``` and ``` b"), "[code a] and ``` b");
	assert.equal(read("\\`*a*`"), "\\`[strong a]`");
});

test("quotes and lists are recognized at the beginning of a line", () => {
	assert.equal(read("> one *two*\n> three\nfour"), "[quote one [strong two]\nthree]four");
	assert.equal(read("see:\n- a\n* b\n1. c\n5. d"), "see:[list - a, - b][list 1 c, 5 d]");
	assert.equal(read("1) a\n2) b\n3. c"), "[list 1 a, 2 b][list 3 c]");
	assert.equal(read(">:( -5 2026. 1.5 1)"), "👿 -5 2026. 1.5 1)");
});

test("a line of dashes between lines of cells makes a table", () => {
	assert.equal(read("|a|b|\n|--|:-:|\n| *c* | `x|y` |\nend"), "[table a/b, [strong c]/[code x|y]]end");
	assert.equal(read("| a | b\n|-|-\n| ||c|| | d | e\n| f"), "[table a/b, [spoiler c]/d | e, f]");
	assert.equal(read("|a|\n|-|"), "[table a]");
	const [table] = parse("|a|b|c|d|\n|-|:-|-:|:-:|");
	assert.deepEqual(table?.kind === "table" && table.alignments, [null, "start", "end", "center"]);
	assert.equal(shownIn(parse("|a|b|\n|-|-|\n|c|d|")), "a b c d");
	for (const text of ["|a|b|\n|-|", "|a|b|", "a|b\n-|-", `${"|a".repeat(21)}\n${"|-".repeat(21)}`, "|a|\n|-x|"]) {
		assert.equal(read(text), text);
	}
});

test("links and channels are found inside emphasis", () => {
	assert.equal(read("*see https://a.example/x_y_z*"), "[strong see [link https://a.example/x_y_z]]");
	assert.equal(read("(#music) and #Music."), "([channel #music]) and [channel #Music].");
	assert.equal(
		read("_https://a.example/b_c_ *https://a.example/* _#music_ _:smile:_"),
		"[emphasis [link https://a.example/b_c]] [strong [link https://a.example/]] [emphasis [channel #music]] [emphasis 😄]",
	);
	assert.equal(read("snake_https://a.example a_#music"), "snake_https://a.example a_#music");
});

test("an address that is no link stays as it was written", () => {
	assert.equal(
		read("https://a:b@c.example/*x*_y_`z` mailto:*a* https:// *b*"),
		"https://a:b@c.example/*x*_y_[code z] mailto:*a* https:// [strong b]",
	);
});

test("words of scripts without spaces begin and end next to links, emphasis, channels and emoji", () => {
	assert.equal(read("**重要**です、これは*太字*です"), "[strong 重要]です、これは[strong 太字]です");
	assert.equal(
		read("链接https://x.example/foo。次 （https://x.example）"),
		"链接[link https://x.example/foo]。次 （[link https://x.example]）",
	);
	assert.equal(read("https://ja.example/wiki/日本語、次"), "[link https://ja.example/wiki/日本語]、次");
	assert.equal(read("見て#musicへ 心:smile:です"), "見て[channel #music]へ 心😄です");
	assert.equal(read("ใช้**ตัวหนา**ได้ 중요한*것*이"), "ใช้[strong ตัวหนา]ได้ 중요한[strong 것]이");
	assert.equal(read("слово*нет*слово"), "слово*нет*слово");
});

test("three stars are bold and italic", () => {
	assert.equal(read("***both*** *** a *** ***"), "[strong [emphasis both]] *** a *** ***");
	assert.equal(read("***one _two_*** end"), "[strong [emphasis one [emphasis two]]] end");
	assert.equal(read("a***b***c"), "a***b***c");
});

test("only mentioned users are mentions, by the longest name", () => {
	assert.equal(
		read("@Bob, @bob. @bobby @eve a@bob *@Άννα*"),
		"[mention @Bob], [mention @bob.] @bobby @eve a@bob [strong [mention @Άννα]]",
	);
	assert.equal(read("@here: now"), "[mention @here]: now");
});

test("emoji are recognized by name anywhere, by emoticon only between spaces", () => {
	assert.equal(read(":smile: :+1: :SMILE: :nosuch: 10:30:20"), "😄 👍 😄 :nosuch: 10:30:20");
	assert.equal(read(":smile::smile::+1: ::smile:: std::smile::x"), "😄😄👍 ::smile:: std::smile::x");
	assert.equal(read("drive D: is full, f x( y"), "drive D: is full, f x( y");
	assert.equal(read(":) (:)) http://a.example/:) <3"), "🙂 (:)) [link http://a.example/]:) ❤️");
});

test("adjacent emoji are one piece, and so are adjacent texts", () => {
	assert.deepEqual(parse("😀👩‍👩‍👧‍👦1️⃣"), [{ kind: "emoji", text: "😀👩‍👩‍👧‍👦1️⃣", emoji: "😀👩‍👩‍👧‍👦1️⃣" }]);
	assert.deepEqual(parse("a\n\n*b\n"), [{ kind: "text", text: "a\n\n*b\n" }]);
	assert.equal(parse("😀".repeat(4000)).length, 20);
});

test("a message of a few emoji is large, one with other text is not", () => {
	const large = (/** @type {string} */ text) => isOnlyEmoji(parse(text, context));
	assert.deepEqual(["😄", ":smile: :)", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇬🇷 👍🏽 1️⃣"].map(large), [true, true, true]);
	assert.deepEqual(["", "a 😄", "12", "© ™", "*", "😄".repeat(13), "> 😄", "*😄*"].map(large), Array(8).fill(false));
});

test("the displayed text has no markup and is one line", () => {
	assert.equal(shownIn(parse("> *one*\n- two :)\n```js\ncode\n```", context)), "one two 🙂 code");
});

const ALLOWED = {
	strong: [],
	em: [],
	del: [],
	code: ["dir"],
	pre: ["dir", "tabindex"],
	blockquote: ["dir"],
	ul: [],
	ol: [],
	li: ["value", "dir"],
	a: ["href", "target", "rel", "class", "title", "dir"],
	span: ["class", "hidden", "title", "data-language", "data-card", "role", "tabindex"],
	div: ["class"],
	button: ["type", "aria-label", "title", "class"],
	svg: ["class", "viewBox", "aria-hidden"],
	path: ["d"],
};
const FRAGMENTS = [
	..."*_~`>#@:)(<3-.[]|\\/ \n\n\t;\"'&=αω\u0301\u202e\u200d\ud83d",
	"``",
	"```",
	"```js",
	"\n```\n",
	"\n> ",
	"\n- ",
	"\n12. ",
	"**",
	"~~",
	":smile:",
	":)",
	"@bob",
	"@here",
	"#music",
	"https://a.example/",
	"javascript:alert(1)",
	"mailto:a@b.example",
	"<img src=x onerror=alert(1)>",
	"</code></pre><script>",
	"data:text/html,<b>",
	"😀",
	"👩‍👩‍👧‍👦",
	"word",
];

test("no text creates an element or attribute that is not allowed, and no character is lost", () => {
	useFakeDocument();
	const i18n = /** @type {any} */ ({ text: (/** @type {string} */ key) => key });
	const renderer = new TextRenderer(
		i18n,
		() => {},
		() => "id-bob",
	);
	const random = randomFrom(11);
	for (let round = 0; round < 4000; round += 1) {
		const length = 1 + Math.floor(random() * 24);
		const text = Array.from({ length }, () => FRAGMENTS[Math.floor(random() * FRAGMENTS.length)]).join("");
		const parts = parse(text, context);
		assert.equal(sourceOf(parts), text);
		const root = new FakeElement("div");
		root.append(.../** @type {any} */ (renderer.draw(parts)));
		check(root, text);
	}
});

/** @param {FakeElement} root @param {string} text */
function check(root, text) {
	const emoji = root.all.filter(({ attributes }) => attributes.get("class") === "emoji");
	for (const node of emoji.filter(({ attributes }) => attributes.has("title")))
		node.children = /** @type {any} */ ([{ textContent: node.attributes.get("title") }]);
	assert.equal(root.textContent, text);
	for (const { tag, attributes } of root.all) {
		const allowed = /** @type {Record<string, string[]>} */ (ALLOWED)[tag];
		assert.ok(allowed, `<${tag}> from ${JSON.stringify(text)}`);
		for (const [name, value] of attributes) {
			assert.ok(allowed.includes(name), `<${tag} ${name}> from ${JSON.stringify(text)}`);
			if (name === "href") assert.match(value, /^(https?:\/\/|mailto:|\/)/);
		}
	}
}

test("a text made to be slow is parsed quickly", () => {
	const slow = ["*a ", "_", "`a``", "@", "> ", "*_~", ":a", "https://a)", "#a", "1️⃣🏴󠁧", "\u{E0041}", "( ", "@bo"];
	const began = performance.now();
	for (const fragment of slow) isOnlyEmoji(parse(fragment.repeat(4000 / fragment.length), context));
	isOnlyEmoji(parse(`https://a${")".repeat(4000)}`, context));
	isOnlyEmoji(parse(`😀${"\u{E0041}".repeat(2000)}x`, context));
	assert.ok(performance.now() - began < 2000);
});
