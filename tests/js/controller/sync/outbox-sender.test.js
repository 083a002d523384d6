import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { BASE_PAUSE_MS } from "../../../../static/js/controller/net/backoff.js";
import { OutboxChannel, TAKE_OVER_AFTER_MS } from "../../../../static/js/controller/sync/outbox-channel.js";
import { OutboxSender } from "../../../../static/js/controller/sync/outbox-sender.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { ada, bob, FakeElection, FakeSocket, fakeTimers, MemoryStore, settled } from "../../support.js";

beforeEach(fakeTimers);

async function setUp(store = new MemoryStore()) {
	const outbox = new Outbox(store);
	const socket = new FakeSocket();
	const election = new FakeElection();
	new OutboxSender(outbox, socket, election, () => 1);
	await outbox.open(ada);
	return { outbox, socket, election, store };
}

/** @param {FakeSocket} socket */
const underway = (socket) => socket.open("send").map(({ command }) => command.text);

/** @param {number} ms */
async function wait(ms) {
	mock.timers.tick(ms);
	await settled();
}

test("with a connection a message is sent at once", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	const entry = outbox.add("#ting", "hello");
	assert.deepEqual(socket.requests[0]?.command, { type: "send", conversation: "#ting", id: entry?.id, text: "hello" });
});

test("messages of a conversation are sent one at a time, in order", async () => {
	const { outbox, socket } = await setUp();
	for (const text of ["one", "two", "three"]) outbox.add("#ting", text);
	await socket.connect();
	const order = [];
	while (underway(socket).length > 0) {
		assert.equal(underway(socket).length, 1);
		order.push(...underway(socket));
		await socket.answer("send", { seq: order.length, position: order.length });
	}
	assert.deepEqual(order, ["one", "two", "three"]);
	assert.deepEqual(outbox.entriesFor("#ting"), []);
});

test("conversations do not wait for each other", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	outbox.add("#ting", "here");
	outbox.add("#music", "there");
	assert.deepEqual(underway(socket), ["here", "there"]);
});

test("unacknowledged messages of a lost connection are sent again, the oldest first, with the same id", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	const first = outbox.add("#ting", "one");
	outbox.add("#ting", "two");
	await socket.disconnect();
	assert.equal(outbox.entriesFor("#ting").length, 2);
	await socket.connect();
	assert.deepEqual(underway(socket), ["one"]);
	assert.equal(socket.requests[0]?.command.id, first?.id);
});

test("after `busy` nothing of the conversation is sent before the pause is over", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	outbox.add("#ting", "one");
	outbox.add("#ting", "two");
	await socket.refuse("send", { code: "busy", retry_after: 2 });
	assert.deepEqual(underway(socket), []);
	await wait(2000 + BASE_PAUSE_MS - 1);
	assert.deepEqual(underway(socket), []);
	await wait(1);
	assert.deepEqual(underway(socket), ["one"]);
});

test("pauses grow while the server stays busy, and a success resets them", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	outbox.add("#ting", "one");
	for (const pause of [1, 2, 4].map((factor) => factor * BASE_PAUSE_MS)) {
		await socket.refuse("send", { code: "busy" });
		await wait(pause - 1);
		assert.deepEqual(underway(socket), []);
		await wait(1);
		assert.deepEqual(underway(socket), ["one"]);
	}
	await socket.answer("send", { seq: 1, position: 1 });
	outbox.add("#ting", "two");
	await socket.refuse("send", { code: "busy" });
	await wait(BASE_PAUSE_MS);
	assert.deepEqual(underway(socket), ["two"]);
});

test("after a refused message the next one is sent", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	const bad = outbox.add("#ting", "bad");
	outbox.add("#ting", "good");
	await socket.refuse("send", { code: "bad_text" });
	assert.equal(outbox.entriesFor("#ting").find(({ id }) => id === bad?.id)?.refused?.code, "bad_text");
	assert.deepEqual(underway(socket), ["good"]);
	outbox.retry(String(bad?.id));
	await socket.answer("send", { seq: 1, position: 1 });
	assert.deepEqual(underway(socket), ["bad"]);
});

test("a message after a slow command does not wait for it", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	outbox.add("#ting", "/slow");
	outbox.add("#ting", "meanwhile");
	assert.deepEqual(underway(socket), ["/slow", "meanwhile"]);
});

test("a frame that is too large is not sent again", async () => {
	const { outbox, socket } = await setUp();
	await socket.connect();
	outbox.add("#ting", "huge");
	await socket.disconnect(1009);
	await socket.connect();
	assert.deepEqual(underway(socket), []);
	assert.equal(outbox.entriesFor("#ting")[0]?.refused?.code, "too_large");
	assert.equal(outbox.entriesFor("#ting")[0]?.refused?.limit, 65_536, "so that the error can name it");
});

test("messages are never sent over a connection of another user", async () => {
	const { outbox, socket } = await setUp();
	outbox.add("#ting", "a secret");
	await socket.connect(bob);
	assert.deepEqual(underway(socket), []);
});

test("only the leading tab sends; the next leader sends the rest", async () => {
	const { outbox, socket, election } = await setUp();
	election.set(false);
	await socket.connect();
	outbox.add("#ting", "one");
	assert.deepEqual(underway(socket), []);
	election.set(true);
	assert.deepEqual(underway(socket), ["one"]);
});

/** Two connected tabs of Ada's browser, of which the first leads. */
async function twoTabs() {
	const store = new MemoryStore();
	const [one, two] = [await setUp(store), await setUp(store)];
	two.election.set(false);
	/** @type {any[]} */
	const channels = [one, two].map(() => ({ postMessage: (/** @type {any} */ data) => data, onmessage: null }));
	channels[0].postMessage = (/** @type {any} */ data) => channels[1].onmessage({ data: structuredClone(data) });
	channels[1].postMessage = (/** @type {any} */ data) => channels[0].onmessage({ data: structuredClone(data) });
	/** What each tab got from the other one. @type {any[][]} */
	const notices = [[], []];
	for (const [index, tab] of [one, two].entries()) {
		new OutboxChannel(tab.outbox, tab.election, channels[index], tab.socket, (notice) =>
			notices[index]?.push(notice.text),
		);
		await tab.socket.connect();
	}
	return { one, two, notices };
}

test("two tabs send each message once", async () => {
	const { one, two } = await twoTabs();
	two.outbox.add("#ting", "from two");
	assert.deepEqual([underway(one.socket), underway(two.socket)], [["from two"], []]);
	await one.socket.answer("send", { seq: 1, position: 1 });
	assert.deepEqual(two.outbox.entriesFor("#ting"), []);
	two.election.set(true);
	await settled();
	assert.deepEqual(underway(two.socket), []);
});

test("the answer to a command also reaches the other tabs of the same user", async () => {
	const { one, two, notices } = await twoTabs();
	const answer = { type: "notice", conversation: "#ting", text: "Commands: ...", ref: 1, id: "n1" };
	one.socket.emit("frame", answer);
	one.socket.emit("frame", { ...answer, ref: undefined, text: "The server sends this to every connection." });
	assert.deepEqual(notices, [[], ["Commands: ..."]]);
	await two.outbox.open(bob);
	one.socket.emit("frame", answer);
	assert.equal(notices[1]?.length, 1);
});

test("the tab in which a message was written gets its refusal", async () => {
	const { one, two } = await twoTabs();
	/** @type {string[]} */
	const refused = [];
	two.outbox.on("refused", ({ text }) => refused.push(text));
	two.outbox.add("#ting", "/hepl");
	await one.socket.refuse("send", { code: "unknown_command" });
	assert.deepEqual(refused, ["/hepl"]);
});

test("a tab whose messages wait too long for a frozen leader takes over", async () => {
	const { outbox, socket, election } = await setUp();
	election.set(false);
	/** @type {any} */
	const channel = { postMessage: () => {}, onmessage: null };
	const channelSocket = new FakeSocket();
	new OutboxChannel(outbox, election, channel, channelSocket, () => {});
	await socket.connect();
	outbox.add("#ting", "hello?");
	await wait(TAKE_OVER_AFTER_MS);
	assert.equal(election.takenOver, 0, "not without a connection");
	channelSocket.live = true;
	await wait(TAKE_OVER_AFTER_MS);
	assert.equal(election.takenOver, 1);
});
