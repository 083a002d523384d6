import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentEmoji } from "../../../../static/js/model/text/recent-emoji.js";

test("a new user has emoji one press away", () => {
	assert.deepEqual(new RecentEmoji(new Map()).quick, ["👍", "❤️", "😂"]);
});

test("a new emoji comes first, in later visits as well", () => {
	const storage = new Map();
	new RecentEmoji(storage).add("🥨");

	assert.deepEqual(new RecentEmoji(storage).quick, ["🥨", "👍", "❤️"]);
});

test("the emoji that are one press away keep their places while they are used", () => {
	const recent = new RecentEmoji(new Map());
	recent.add("❤️");

	assert.deepEqual(recent.quick, ["👍", "❤️", "😂"]);
});
