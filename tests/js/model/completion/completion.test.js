import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mock, test } from "node:test";
import { Completion } from "../../../../static/js/model/completion/completion.js";
import { EmojiSource, ParticipantSource, UserSource } from "../../../../static/js/model/completion/sources.js";
import { EmojiTable } from "../../../../static/js/model/text/emoji.js";
import { fakeTimers, settled } from "../../support.js";

const EMOJI = new URL("../../../../static/emoji/", import.meta.url);

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, EMOJI), "utf8"));

/** @param {string} language */
function emojiTable(language) {
	const table = new EmojiTable();
	table.fill(read("emoji"));
	table.fillWords(read(`words-${language}`).words);
	return table;
}

/** @param {...string} names */
const people = (...names) => names.map((name) => ({ id: `id-${name}`, name }));

/** @param {Completion} completion */
const labels = (completion) => completion.options.map(({ label }) => label);

test("present users are offered by the beginning of their names, without accents", () => {
	const completion = new Completion([new ParticipantSource(() => people("Άννα", "anton", "bob"), { here: "all" })]);
	completion.update("hi @αν", 6);
	assert.deepEqual(labels(completion), ["Άννα"]);
	assert.deepEqual(completion.choose(), { from: 3, to: 6, value: "@Άννα " });
	assert.equal(completion.isOpen, false);
	completion.update("hi @", 4);
	assert.equal(completion.options.length, 3);
	for (const text of ["_@bo", "你好@bo", "*@BO"]) {
		completion.update(text, text.length);
		assert.deepEqual(labels(completion), ["bob"], text);
	}
	for (const [text, caret] of /** @type {const} */ ([
		["a@bob", 5],
		["a_@bob", 6],
		["@bob x", 6],
		["hi bob", 6],
		["@bo", 0],
	])) {
		completion.update(text, caret);
		assert.equal(completion.isOpen, false, text);
	}
});

test("a final sigma matches any sigma, in names and in keywords for emoji", () => {
	const completion = new Completion([new ParticipantSource(() => people("Γιώργος", "Σία"), { here: "" })]);
	for (const typed of ["@γιωργοσ", "@ΓΙΩΡΓΟΣ", "@Γιώργος"]) {
		completion.update(typed, typed.length);
		assert.deepEqual(labels(completion), ["Γιώργος"], typed);
	}
	const table = emojiTable("el");
	const found = table.search("ήλιος", 8).map(({ emoji }) => emoji);
	assert.ok(found.length > 0);
	assert.deepEqual(
		table.search("ΗΛΙΟΣ", 8).map(({ emoji }) => emoji),
		found,
	);
	assert.deepEqual(
		table.search("ηλιοσ", 8).map(({ emoji }) => emoji),
		found,
	);
});

test("other users are listed after present ones, once, and only for the latest query", async () => {
	fakeTimers();
	/** @type {string[]} */
	const requests = [];
	const others = new UserSource(async (prefix) => {
		requests.push(prefix);
		return people("bob", "bobby");
	});
	const completion = new Completion([new ParticipantSource(() => people("bob"), { here: "" }), others]);
	completion.update("@b", 2);
	completion.update("@bo", 3);
	assert.deepEqual(labels(completion), ["bob"]);
	completion.move(1);
	mock.timers.tick(200);
	await settled();
	assert.deepEqual(requests, ["bo"]);
	assert.deepEqual(labels(completion), ["bob", "bobby"]);
	completion.update("@bo", 3);
	completion.close();
	mock.timers.tick(200);
	await settled();
	assert.equal(completion.isOpen, false);
	mock.timers.reset();
});

test("the selection wraps around, and a complete name needs no completion", () => {
	const completion = new Completion([new ParticipantSource(() => people("bob", "bobby"), { here: "" })]);
	completion.update("@bob", 4);
	assert.equal(completion.isComplete, true);
	completion.move(1);
	assert.equal(completion.isComplete, false);
	completion.move(1);
	assert.equal(completion.selectedIndex, 0);
	completion.move(-1);
	assert.equal(completion.choose()?.value, "@bobby ");
});

test("emoji are found by name and by keywords of the language", async () => {
	const words = read("words-el").words;
	const emojiWords = new Map(emojiTable("el").all.map(({ emoji }, index) => [emoji, words[index]]));
	const greek = new Completion([new EmojiSource(emojiTable("el"), async () => {})]);
	greek.update("έλα :καρδ", 9);
	assert.ok(
		greek.options.length > 0 && greek.options.every(({ icon }) => emojiWords.get(String(icon))?.includes("καρδ")),
	);
	for (const typed of [":ΚΑΡΔ", ":καρδια\u0301", "心:καρδ"]) {
		greek.update(typed, typed.length);
		assert.ok(greek.options.length > 0, typed);
	}
	greek.update(":THUMBSUP", 9);
	assert.equal(greek.options[0]?.label, ":thumbsup:");
	greek.update(":thumbsup", 9);
	assert.deepEqual(greek.choose(), { from: 0, to: 9, value: "👍 " });
	for (const text of ["at 10:30", ":)", ":d", "http://x:smile"]) {
		greek.update(text, text.length);
		assert.equal(greek.isOpen, false, text);
	}
});

test("a source can return a hint without options", () => {
	const hint = { parts: ["/ban", "user", "reason"], at: 1 };
	const completion = new Completion([{ find: (_text, caret) => ({ from: 0, to: caret, options: [], hint }) }]);
	completion.update("/ban ", 5);
	assert.deepEqual([completion.isOpen, completion.hint?.at, completion.choose()], [true, 1, null]);
});

test("every emoji has unique names, keywords in both languages, and one spelling", () => {
	const { groups, emoticons } = read("emoji");
	/** @type {[string, string, number][]} */
	const all = groups.flatMap((/** @type {{emoji: string[][]}} */ group) => group.emoji);
	const names = all.flatMap(([, names]) => String(names).split(" "));
	assert.equal(new Set(names).size, names.length);
	assert.equal(new Set(all.map(([emoji]) => emoji)).size, all.length);
	for (const language of ["en", "el"]) assert.equal(read(`words-${language}`).words.length, all.length);
	for (const [emoji] of all)
		assert.ok(/\p{RI}|\p{Extended_Pictographic}|\u20E3/u.test(String(emoji)) && [...String(emoji)].length <= 16);
	assert.equal(emoticons[":-)"], "🙂");
	// "drive D: is full", "f x( y", "1) one"
	assert.deepEqual(
		Object.keys(emoticons).filter((emoticon) => /^[\p{L}\p{N}]/u.test(emoticon)),
		["xD", "XD"],
	);
});
