import assert from "node:assert/strict";
import { test } from "node:test";
import { SyncCursor } from "../../static/js/model/conversation/sync-cursor.js";

/** @param {number} head */
function cursorAt(head) {
	const cursor = new SyncCursor();
	cursor.start(head);
	return cursor;
}

test("the cursor follows seqs without a gap", () => {
	const cursor = cursorAt(5);
	cursor.saw(6);
	cursor.saw(7);
	assert.equal(cursor.at, 7);
	assert.equal(cursor.behind, false);
});

test("the cursor stops at a gap and says so", () => {
	const cursor = cursorAt(5);
	cursor.saw(7);
	assert.equal(cursor.at, 5);
	assert.equal(cursor.behind, true);
});

test("a late seq closes the gap, whatever the order", () => {
	const cursor = cursorAt(5);
	for (const seq of [8, 7, 6]) cursor.saw(seq);
	assert.equal(cursor.at, 8);
	assert.equal(cursor.behind, false);
});

test("changes carry the cursor over seqs that no message has any more", () => {
	const cursor = cursorAt(5);
	cursor.saw(12);
	cursor.reach(11);
	assert.equal(cursor.at, 12);
	assert.equal(cursor.behind, false);
});

test("the cursor never moves back, and repetitions do no harm", () => {
	const cursor = cursorAt(5);
	cursor.saw(3);
	cursor.reach(2);
	assert.equal(cursor.at, 5);
	assert.equal(cursor.behind, false);
});

test("what arrives before the head is known counts once it is", () => {
	const cursor = new SyncCursor();
	cursor.saw(6);
	cursor.saw(8);
	assert.equal(cursor.behind, false);
	cursor.start(5);
	assert.equal(cursor.at, 6);
	assert.equal(cursor.behind, true);
});

test("a higher head means that something was missed", () => {
	const cursor = cursorAt(5);
	cursor.hearOf(9);
	assert.equal(cursor.behind, true);
});

test("a reset cursor knows nothing", () => {
	const cursor = cursorAt(5);
	cursor.saw(9);
	cursor.reset();
	assert.deepEqual([cursor.started, cursor.at, cursor.head, cursor.behind], [false, 0, 0, false]);
	cursor.start(2);
	assert.equal(cursor.behind, false);
});
