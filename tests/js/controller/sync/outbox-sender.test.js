import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { BASE_PAUSE_MS } from "../../../../static/js/controller/net/backoff.js";
import { OutboxChannel, TAKE_OVER_AFTER_MS } from "../../../../static/js/controller/sync/outbox-channel.js";
import { OutboxSender } from "../../../../static/js/controller/sync/outbox-sender.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { ada, bob, FakeElection, FakeSocket, fakeTimers, MemoryStore, settled } from "../../support.js";

beforeEach(fakeTimers);

async function adaSends(store = new MemoryStore()) {
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

test("a message leaves at once when there is a connection", async () => {
	const { outbox, socket } = await adaSends();
	await socket.connect();
	const entry = outbox.add("#ting", "hello");
	assert.deepEqual(socket.asked[0]?.command, { type: "send", conversation: "#ting", id: entry?.id, text: "hello" });
});

test("messages of a conversation leave one after the other, in order", async () => {
	const { outbox, socket } = await adaSends();
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
	const { outbox, socket } = await adaSends();
	await socket.connect();
	outbox.add("#ting", "here");
	outbox.add("#music", "there");
	assert.deepEqual(underway(socket), ["here", "there"]);
});

test("what was on its way when the connection broke is sent again, oldest first, under its id", async () => {
	const { outbox, socket } = await adaSends();
	await socket.connect();
	const first = outbox.add("#ting", "one");
	outbox.add("#ting", "two");
	await socket.cut();
	assert.equal(outbox.entriesFor("#ting").length, 2);
	await socket.connect();
	assert.deepEqual(underway(socket), ["one"]);
	assert.equal(socket.asked[0]?.command.id, first?.id);
});

test("busy is honoured: nothing of the conversation leaves before the pause is over", async () => {
	const { outbox, socket } = await adaSends();
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

test("pauses grow while the server stays busy, and begin small after a success", async () => {
	const { outbox, socket } = await adaSends();
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

test("a refused message steps aside and the next one leaves", async () => {
	const { outbox, socket } = await adaSends();
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

test("what follows a slow command does not wait for its end", async () => {
	const { outbox, socket } = await adaSends();
	await socket.connect();
	outbox.add("#ting", "/slow");
	outbox.add("#ting", "meanwhile");
	assert.deepEqual(underway(socket), ["/slow", "meanwhile"]);
});

test("a frame that is too large is not sent again", async () => {
	const { outbox, socket } = await adaSends();
	await socket.connect();
	outbox.add("#ting", "huge");
	await socket.cut(1009);
	await socket.connect();
	assert.deepEqual(underway(socket), []);
	assert.equal(outbox.entriesFor("#ting")[0]?.refused?.code, "too_large");
});

test("a connection of somebody else never carries these messages", async () => {
	const { outbox, socket } = await adaSends();
	outbox.add("#ting", "a secret");
	await socket.connect(bob);
	assert.deepEqual(underway(socket), []);
});

test("only the leading tab sends; the next one takes over what is left", async () => {
	const { outbox, socket, election } = await adaSends();
	election.set(false);
	await socket.connect();
	outbox.add("#ting", "one");
	assert.deepEqual(underway(socket), []);
	election.set(true);
	assert.deepEqual(underway(socket), ["one"]);
});

/** Two connected tabs of Ada's browser, of which the first leads. */
async function adasTwoTabs() {
	const store = new MemoryStore();
	const [one, two] = [await adaSends(store), await adaSends(store)];
	two.election.set(false);
	/** @type {any[]} */
	const channels = [one, two].map(() => ({ postMessage: (/** @type {any} */ data) => data, onmessage: null }));
	channels[0].postMessage = (/** @type {any} */ data) => channels[1].onmessage({ data: structuredClone(data) });
	channels[1].postMessage = (/** @type {any} */ data) => channels[0].onmessage({ data: structuredClone(data) });
	/** @type {any[][]} What the tabs heard from each other. */
	const heard = [[], []];
	for (const [index, tab] of [one, two].entries()) {
		new OutboxChannel(tab.outbox, tab.election, channels[index], tab.socket, (notice) =>
			heard[index]?.push(notice.text),
		);
		await tab.socket.connect();
	}
	return { one, two, heard };
}

test("two tabs send a message of either once", async () => {
	const { one, two } = await adasTwoTabs();
	two.outbox.add("#ting", "from two");
	assert.deepEqual([underway(one.socket), underway(two.socket)], [["from two"], []]);
	await one.socket.answer("send", { seq: 1, position: 1 });
	assert.deepEqual(two.outbox.entriesFor("#ting"), []);
	two.election.set(true);
	await settled();
	assert.deepEqual(underway(two.socket), []);
});

test("what a command answers is heard in the tab that did not send it, too, by the same person", async () => {
	const { one, two, heard } = await adasTwoTabs();
	const answer = { type: "notice", conversation: "#ting", text: "Commands: ...", ref: 1, id: "n1" };
	one.socket.emit("frame", answer);
	one.socket.emit("frame", { ...answer, ref: undefined, text: "The server tells every connection this." });
	assert.deepEqual(heard, [[], ["Commands: ..."]]);
	await two.outbox.open(bob);
	one.socket.emit("frame", answer);
	assert.equal(heard[1]?.length, 1);
});

test("the tab where a message was written hears that it was refused", async () => {
	const { one, two } = await adasTwoTabs();
	/** @type {string[]} */
	const refused = [];
	two.outbox.on("refused", ({ text }) => refused.push(text));
	two.outbox.add("#ting", "/hepl");
	await one.socket.refuse("send", { code: "unknown_command" });
	assert.deepEqual(refused, ["/hepl"]);
});

test("a tab whose messages wait too long for a sleeping leader takes over", async () => {
	const { outbox, socket, election } = await adaSends();
	election.set(false);
	/** @type {any} */
	const channel = { postMessage: () => {}, onmessage: null };
	const link = new FakeSocket();
	new OutboxChannel(outbox, election, channel, link, () => {});
	await socket.connect();
	outbox.add("#ting", "hello?");
	await wait(TAKE_OVER_AFTER_MS);
	assert.equal(election.takenOver, 0, "without a connection it could do no better");
	link.live = true;
	await wait(TAKE_OVER_AFTER_MS);
	assert.equal(election.takenOver, 1);
});
