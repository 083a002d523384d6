import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadState } from "../../../../static/js/model/conversation/read-state.js";
import { ada, bob, message } from "../../support.js";

const author = { id: ada.id, name: ada.name };

/** @param {number[]} seqs */
const messages = (...seqs) => seqs.map((seq) => message({ seq }));

test("the divider is below all read messages", () => {
	const readState = new ReadState();
	readState.load(3);
	const timeline = { messages: messages(1, 2, 3, 4, 5), hasOlder: false };
	assert.equal(readState.firstUnread(timeline, ada), "m4");
	const late = message({ seq: 6, id: "late", position: 1.5 });
	assert.equal(
		readState.firstUnread({ messages: [...messages(1), late, ...messages(2, 3)], hasOlder: false }, ada),
		null,
	);
});

test("the user's own messages and deleted messages are not new", () => {
	const readState = new ReadState();
	readState.load(1);
	const others = [message({ seq: 2, author }), message({ seq: 3, deleted: 3 }), message({ seq: 4 })];
	assert.equal(readState.firstUnread({ messages: [...messages(1), ...others], hasOlder: false }, ada), "m4");
	assert.equal(readState.firstUnread({ messages: others.slice(0, 2), hasOlder: false }, ada), null);
});

test("messages of ignored users are not new", () => {
	const readState = new ReadState();
	readState.load(1);
	const timeline = { messages: messages(1, 2, 3), hasOlder: false };
	const ignoring = { ...ada, ignored: [bob.id] };
	assert.equal(readState.firstUnread(timeline, ignoring), null);
	assert.deepEqual(readState.unreadIn(timeline.messages, ignoring), []);
});

test("the first unread message can be above the loaded ones", () => {
	const readState = new ReadState();
	readState.load(2);
	assert.equal(readState.firstUnread({ messages: messages(8, 9), hasOlder: true }, ada), "above");
	assert.equal(readState.firstUnread({ messages: messages(3, 4), hasOlder: false }, ada), "m3");
});

test("the divider stays while the user reads, and moves when the user looked away", () => {
	const readState = new ReadState();
	readState.load(2);
	readState.markRead(5);
	assert.equal(readState.divider, 2);
	readState.load(5);
	assert.equal(readState.divider, 2);
	readState.moveDivider();
	assert.equal(readState.divider, 5);
	readState.open();
	readState.load(7);
	assert.equal(readState.divider, 7);
});

test("for a user who has read everything and watches, nothing is new", () => {
	const readState = new ReadState();
	readState.load(3, 0, 3);
	const timeline = { messages: messages(1, 2, 3, 4, 5), hasOlder: false };
	assert.equal(readState.firstUnread(timeline, ada), null);
	readState.markRead(4);
	readState.moveDivider();
	assert.equal(readState.firstUnread(timeline, ada), "m5");
});
