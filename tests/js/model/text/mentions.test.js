import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "../../../../static/js/model/text/markup.js";
import { mentionsIn } from "../../../../static/js/model/text/mentions.js";

const FIXTURE = new URL("../../../fixtures/mentions.json", import.meta.url);
/** @type {{cases: {about: string, texts: string[]}[]}} */
const { cases } = JSON.parse(readFileSync(FIXTURE, "utf8"));

/** The text and the ranges of its mentions in code points. @param {string} marked with the mentions in ⟦⟧ */
function unmarked(marked) {
	/** @type {[number, number, string][]} */
	const ranges = [];
	let text = "";
	for (const piece of marked.split(/(⟦[^⟧]*⟧)/u)) {
		const start = [...text].length;
		text += piece.replace(/[⟦⟧]/gu, "");
		if (piece.startsWith("⟦")) ranges.push([start, [...text].length, "id"]);
	}
	return { text, ranges };
}

/** @param {readonly import("../../../../static/js/model/text/markup.js").Part[]} parts @returns {string[]} */
const mentions = (parts) =>
	parts.flatMap((part) => {
		if (part.kind === "mention") return [part.text];
		if (part.kind === "list") return part.items.flatMap(({ children }) => mentions(children));
		if (part.kind === "table") return part.rows.flatMap(({ cells }) => mentions(cells.flat()));
		return "children" in part ? mentions(part.children) : [];
	});

for (const { about, texts } of cases) {
	test(`the mentions of the server are drawn: ${about}`, () => {
		for (const marked of texts) {
			const { text, ranges } = unmarked(marked);
			const wanted = [...marked.matchAll(/⟦([^⟧]*)⟧/gu)].map(([, name]) => name);
			assert.deepEqual(mentions(parse(text, { mentionRanges: ranges })), wanted, text);
		}
	});
}

test("a mention is drawn whatever the user is called now, and beyond the limit of elements", () => {
	const who = "id";
	assert.deepEqual(mentions(parse("*hi @old*", { mentionRanges: [[4, 8, who]] })), ["@old"]);
	const text = `${"`a` ".repeat(900)}@bob`;
	assert.deepEqual(mentions(parse(text, { mentionRanges: [[3600, 3604, who]] })), ["@bob"]);
});

test("ranges that do not fit the text are left out", () => {
	const who = "id";
	assert.deepEqual(mentionsIn("a @b", [[0, 1, who]]), []);
	assert.deepEqual(mentionsIn("@b", [[9, 11, who]]), []);
	assert.deepEqual(mentionsIn("😀@b", [[1, 3, who]]), [{ from: 2, to: 4, who }]);
	assert.deepEqual(
		mentions(
			parse("@b@c", {
				mentionRanges: [
					[0, 4, who],
					[2, 4, who],
				],
			}),
		),
		["@b@c"],
	);
});

test("a message without ranges shows mentions by the names that its users have now", () => {
	const mentionedUsers = new Map([["αννα", "id"]]);
	assert.deepEqual(mentions(parse("@Άννα _@ΑΝΝΑ_ @Άννας a@Άννα", { mentionedUsers })), ["@Άννα", "@ΑΝΝΑ"]);
});
