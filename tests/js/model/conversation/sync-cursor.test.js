import assert from "node:assert/strict";
import { test } from "node:test";
import { SyncCursor } from "../../../../static/js/model/conversation/sync-cursor.js";

/** @param {number} head */
function cursorAt(head) {
	const cursor = new SyncCursor();
	cursor.start(head);
	return cursor;
}

test("the cursor follows seqs without a gap", () => {
	const cursor = cursorAt(5);
	cursor.receive(6);
	cursor.receive(7);
	assert.equal(cursor.at, 7);
	assert.equal(cursor.isBehind, false);
});

test("the cursor stops at a gap and is behind", () => {
	const cursor = cursorAt(5);
	cursor.receive(7);
	assert.equal(cursor.at, 5);
	assert.equal(cursor.isBehind, true);
});

test("late seqs close the gap, in any order", () => {
	const cursor = cursorAt(5);
	for (const seq of [8, 7, 6]) cursor.receive(seq);
	assert.equal(cursor.at, 8);
	assert.equal(cursor.isBehind, false);
});

test("a page of changes moves the cursor over seqs that no message has any more", () => {
	const cursor = cursorAt(5);
	cursor.receive(12);
	cursor.advanceTo(11);
	assert.equal(cursor.at, 12);
	assert.equal(cursor.isBehind, false);
});

test("the cursor never moves back, and repetitions have no effect", () => {
	const cursor = cursorAt(5);
	cursor.receive(3);
	cursor.advanceTo(2);
	assert.equal(cursor.at, 5);
	assert.equal(cursor.isBehind, false);
});

test("changes that arrive before the start value count after it", () => {
	const cursor = new SyncCursor();
	cursor.receive(6);
	cursor.receive(8);
	assert.equal(cursor.isBehind, false);
	cursor.start(5);
	assert.equal(cursor.at, 6);
	assert.equal(cursor.isBehind, true);
});

test("a higher head means that changes are missing", () => {
	const cursor = cursorAt(5);
	cursor.raiseHead(9);
	assert.equal(cursor.isBehind, true);
});

test("a reset cursor is empty", () => {
	const cursor = cursorAt(5);
	cursor.receive(9);
	cursor.reset();
	assert.deepEqual([cursor.isStarted, cursor.at, cursor.head, cursor.isBehind], [false, 0, 0, false]);
	cursor.start(2);
	assert.equal(cursor.isBehind, false);
});
