import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadState } from "../../../../static/js/model/conversation/read-state.js";
import { ada, bob, message } from "../../support.js";

const mine = { id: ada.id, name: ada.name };

/** @param {number[]} seqs */
const messages = (...seqs) => seqs.map((seq) => message({ seq }));

test("what is new begins below everything that was read", () => {
	const reading = new ReadState();
	reading.load(3);
	const timeline = { messages: messages(1, 2, 3, 4, 5), hasOlder: false };
	assert.equal(reading.firstUnread(timeline, ada), "m4");
	const late = message({ seq: 6, id: "late", position: 1.5 });
	assert.equal(
		reading.firstUnread({ messages: [...messages(1), late, ...messages(2, 3)], hasOlder: false }, ada),
		null,
	);
});

test("one's own words are not new, nor what was deleted", () => {
	const reading = new ReadState();
	reading.load(1);
	const others = [message({ seq: 2, author: mine }), message({ seq: 3, deleted: 3 }), message({ seq: 4 })];
	assert.equal(reading.firstUnread({ messages: [...messages(1), ...others], hasOlder: false }, ada), "m4");
	assert.equal(reading.firstUnread({ messages: others.slice(0, 2), hasOlder: false }, ada), null);
});

test("what those say whom one ignores is not new", () => {
	const reading = new ReadState();
	reading.load(1);
	const timeline = { messages: messages(1, 2, 3), hasOlder: false };
	const deaf = { ...ada, ignored: [bob.id] };
	assert.equal(reading.firstUnread(timeline, deaf), null);
	assert.deepEqual(reading.unreadIn(timeline.messages, deaf), []);
});

test("where one left off may be above what is loaded", () => {
	const reading = new ReadState();
	reading.load(2);
	assert.equal(reading.firstUnread({ messages: messages(8, 9), hasOlder: true }, ada), "above");
	assert.equal(reading.firstUnread({ messages: messages(3, 4), hasOlder: false }, ada), "m3");
});

test("the divider stays while one is here, and comes anew for whoever looked away", () => {
	const reading = new ReadState();
	reading.load(2);
	reading.markRead(5);
	assert.equal(reading.divider, 2);
	reading.load(5);
	assert.equal(reading.divider, 2);
	reading.moveDivider();
	assert.equal(reading.divider, 5);
	reading.open();
	reading.load(7);
	assert.equal(reading.divider, 7);
});

test("to whoever had read everything and sees the rest coming, nothing is new", () => {
	const reading = new ReadState();
	reading.load(3, 0, 3);
	const timeline = { messages: messages(1, 2, 3, 4, 5), hasOlder: false };
	assert.equal(reading.firstUnread(timeline, ada), null);
	reading.markRead(4);
	reading.moveDivider();
	assert.equal(reading.firstUnread(timeline, ada), "m5");
});
