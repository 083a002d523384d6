import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf, tokensOf } from "../../../../static/js/model/text/code-colours.js";
import { headOf } from "../../../../static/js/model/text/head.js";
import { parse, sourceOf } from "../../../../static/js/model/text/markup.js";

/** @param {string} language @param {string} code */
const coloured = (language, code) =>
	(tokensOf(code, language) ?? []).filter(({ kind }) => kind).map(({ kind, text }) => `${kind} ${text}`);

test("comments, strings, numbers and keywords of a language are found", () => {
	assert.deepEqual(coloured("python", "if x1 == 10:  # ten\n\treturn \"a\\\"b\" + '''c\nd'''"), [
		"keyword if",
		"number 10",
		"comment # ten",
		"keyword return",
		'string "a\\"b"',
		"string '''c\nd'''",
	]);
	assert.deepEqual(coloured("JS", 'const a = `x $b\n`; /* if */ // "no"\niffy()'), [
		"keyword const",
		"string `x $b\n`",
		"comment /* if */",
		'comment // "no"',
	]);
	assert.deepEqual(coloured("sql", "SELECT a FROM t WHERE b = 'it''s' -- all"), [
		"keyword SELECT",
		"keyword FROM",
		"keyword WHERE",
		"string 'it'",
		"string 's'",
		"comment -- all",
	]);
	assert.deepEqual(coloured("rust", "fn f<'a>(x: &'a str) -> char { 'x' }"), [
		"keyword fn",
		"keyword str",
		"keyword char",
		"string 'x'",
	]);
});

test("keys of data and of style sheets, tags, and changed lines are found", () => {
	assert.deepEqual(coloured("json", '{"a": "b", "c" : [1, true]}'), [
		'key "a"',
		'string "b"',
		'key "c"',
		"number 1",
		"keyword true",
	]);
	assert.deepEqual(coloured("yaml", "on: true # x\nname: plain"), [
		"key on",
		"keyword true",
		"comment # x",
		"key name",
	]);
	assert.deepEqual(coloured("css", "a { color: #fff; --x: 2rem }"), [
		"key color",
		"number #fff",
		"key --x",
		"number 2rem",
	]);
	assert.deepEqual(coloured("html", '<a href="b">it\'s</a><!-- c'), [
		"keyword <a",
		'string ="b"',
		"keyword >",
		"keyword </a",
		"keyword >",
		"comment <!-- c",
	]);
	assert.deepEqual(coloured("diff", "@@ 1\n-old\n+new\n same - + "), ["keyword @@ 1", "deleted -old", "inserted +new"]);
});

test("a string without an end stops at the end of its line", () => {
	assert.deepEqual(coloured("c", 'a = "open\nint b'), ['string "open', "keyword int"]);
});

test("code in an unknown language, or without one, has no colours", () => {
	assert.equal(tokensOf("if", "klingon"), null);
	assert.equal(tokensOf("if", ""), null);
	assert.equal(tokensOf("if", "constructor"), null);
});

test("a message has a limited number of colours, and stays as it was written", () => {
	const text = `${"```js\nif if\n```\n".repeat(3)}\`\`\`c\n${"1 ".repeat(1500)}\n\`\`\``;
	const parts = parse(text);
	const counts = parts.flatMap((part) =>
		part.kind === "block" ? [part.tokens?.filter(({ kind }) => kind).length] : [],
	);
	assert.deepEqual(counts, [2, 2, 2, 394]);
	assert.equal(sourceOf(parts), text);
});

test("the beginning of long code has the colours of its beginning", () => {
	const [block] = headOf(parse(`\`\`\`c\n${"int a;\n".repeat(100)}\`\`\``)) ?? [];
	assert.ok(block?.kind === "block" && block.tokens);
	const shown = beginningOf(block.tokens, block.code.length);
	assert.equal(shown.map(({ text }) => text).join(""), block.code);
	assert.equal(shown.filter(({ kind }) => kind).length, 24);
});
