import assert from "node:assert/strict";
import { test } from "node:test";
import { initials } from "../../../static/js/view/format/avatar.js";
import { buildRows, countLetters } from "../../../static/js/view/timeline/rows.js";
import { ada, bob, message } from "../support.js";

const DAY_MS = 86_400_000;
const NOON = new Date(2026, 4, 5, 12).getTime();

/** @param {number} seq @param {Partial<import("../support.js").Message>} fields */
const at = (seq, fields = {}) => message({ seq, sent: NOON + seq * 1000, ...fields });

/** @param {import("../support.js").Message[]} messages @param {any} [more] */
const rows = (messages, more = {}) => buildRows({ messages, entries: [], notices: [], ...more });

/** @param {import("../../../static/js/view/message/row.js").Row[]} built */
const groups = (built) =>
	built
		.filter(({ kind }) => kind !== "day")
		.map(({ key, begins, ends }) => `${begins ? "[" : ""}${key}${ends ? "]" : ""}`)
		.join(" ");

test("consecutive messages of one author are a group", () => {
	const author = { id: ada.id, name: ada.name };
	assert.equal(groups(rows([at(1), at(2), at(3, { author }), at(4)])), "[m1 m2] [m3] [m4]");
});

test("a long pause, an action and another day end a group", () => {
	const day = at(5, { sent: NOON + DAY_MS });
	const built = rows([at(1), at(2, { kind: "action" }), at(3), at(4, { sent: NOON + 10 * 60_000 }), day]);
	assert.equal(groups(built), "[m1] [m2] [m3] [m4] [m5]");
});

test("every day has one separator, even if an earlier message is below a later one", () => {
	const built = rows([at(1), at(2, { sent: NOON + DAY_MS }), at(3), at(4, { sent: NOON + DAY_MS })]);
	assert.equal(built.filter(({ kind }) => kind === "day").length, 2);
});

test("a group begins where a page begins, so that nothing moves when older messages are loaded", () => {
	const alone = rows([at(2), at(3)], { startsPage: (/** @type {string} */ id) => id === "m2" });
	const below = rows([at(1), at(2), at(3)], { startsPage: (/** @type {string} */ id) => id === "m2" });
	assert.equal(groups(alone), "[m2 m3]");
	assert.equal(groups(below), "[m1] [m2 m3]");
});

test("an outbox entry is last, and only until its message arrives", () => {
	const entry = {
		id: "m9",
		user: bob.id,
		conversation: "#ting",
		text: "x",
		created: NOON + 9000,
		order: 1,
		refused: null,
	};
	assert.equal(groups(rows([at(1)], { entries: [entry] })), "[m1 m9]");
	const built = rows([at(1), at(9)], { entries: [entry] });
	assert.deepEqual(
		built.map(({ kind }) => kind),
		["day", "message", "message"],
	);
});

/** @param {string} id @param {number} position @param {string} [text] */
const ghost = (id, position, text = "…", author = bob) => ({ id, position, text, author });

test("ghosts and the own draft are ordered by position; a ghost whose message exists is not shown", () => {
	const own = { id: "own", position: 4, author: ada.id, text: null };
	const ghosts = [ghost("g2", 2.5), ghost("m3", 3), ghost("g5", 5)];
	const built = rows([at(2), at(3), at(6)], { ghosts, own, now: NOON });
	assert.deepEqual(
		built.slice(1).map(({ key }) => key),
		["m2", "g2", "m3", "own", "g5", "m6"],
	);
});

test("a ghost is grouped like its message, so that nothing moves when that arrives", () => {
	const typing = groups(rows([at(1), at(3)], { ghosts: [ghost("m2", 2)], now: NOON + 2000 }));
	assert.equal(groups(rows([at(1), at(2), at(3)])), typing);
	const author = { id: ada.id, name: ada.name };
	const between = groups(rows([at(1), at(3)], { ghosts: [ghost("m2", 2, "x", ada)], now: NOON + 2000 }));
	assert.equal(groups(rows([at(1), at(2, { author }), at(3)])), between);
});

test("several users who type without letters share one row at the end, a single one has a row of its own", () => {
	const ghosts = [1, 2, 3, 4].map((position) => ghost(`g${position}`, position, position === 2 ? "x" : ""));
	const built = rows([], { ghosts, now: NOON });
	assert.equal(groups(built.slice(0, -1)).replace(/[[\]]/g, ""), "g2");
	assert.deepEqual(
		built.at(-1)?.crowd?.map(({ id }) => id),
		["g1", "g3", "g4"],
	);
	const single = rows([], { ghosts: ghosts.slice(0, 2), now: NOON });
	assert.equal(groups(single).replace(/[[\]]/g, ""), "g1 g2");
	const after = [1, 2, 3, 4, 5, 6].map((position) => ghost(`g${position}`, position, position === 6 ? "" : "x"));
	assert.equal(rows([], { ghosts: after, now: NOON }).at(-1)?.crowd?.length, 1);
});

test("those who type with letters are counted", () => {
	const typing = (/** @type {string[]} */ ...texts) =>
		rows([], { ghosts: texts.map((text, at) => ghost(`g${at}`, at, text)) });
	assert.equal(countLetters(typing("a", "", "b")), 2);
});

test("a ghost above the loaded pages is not shown", () => {
	assert.equal(
		groups(
			rows([at(5)], {
				ghosts: [ghost("g2", 2)],
				reaches: (/** @type {number} */ position) => position >= 5,
				now: NOON,
			}),
		),
		"[m5]",
	);
});

test("an outbox entry is at the position of its draft", () => {
	const entry = { id: "e", user: ada.id, conversation: "#ting", text: "x", created: NOON, order: 1, refused: null };
	const built = rows([at(1), at(3)], { entries: [entry], placeOf: () => 2 });
	assert.equal(groups(built), "[m1] [e] [m3]");
});

test("a notice stays where it appeared", () => {
	const line = { key: "line-1", text: "psst", position: 1, at: NOON };
	assert.equal(groups(rows([at(1), at(2)], { notices: [line] })), "[m1] [line-1] [m2]");
});

test("initials are capital letters without accents", () => {
	assert.deepEqual(["ada", "ada.lovelace", "άννα", "_x_", "???"].map(initials), ["A", "AL", "Α", "X", "?"]);
});
