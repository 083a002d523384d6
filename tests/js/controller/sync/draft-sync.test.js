import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { DraftStore } from "../../../../static/js/controller/storage/draft-store.js";
import { LocalStore } from "../../../../static/js/controller/storage/local-store.js";
import { ConversationSync } from "../../../../static/js/controller/sync/conversation-sync.js";
import { DraftSync, FOLLOW_AFTER_MS, INTERVAL_MS } from "../../../../static/js/controller/sync/draft-sync.js";
import { OutboxSender } from "../../../../static/js/controller/sync/outbox-sender.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { LOST_AFTER_MS } from "../../../../static/js/model/conversation/own-draft.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, FakeElection, FakeSocket, fakeTimers, MemoryStore, randomFrom, settled } from "../../support.js";

beforeEach(fakeTimers);

/** The `localStorage` of one browser. */
function browserStorage() {
	const items = new Map();
	return {
		getItem: (/** @type {string} */ key) => items.get(key) ?? null,
		setItem: (/** @type {string} */ key, /** @type {string} */ value) => void items.set(key, value),
		removeItem: (/** @type {string} */ key) => void items.delete(key),
	};
}

async function setUp({ storage = browserStorage(), me = ada } = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const page = async () => ({ messages: [], more: false });
	const api = {
		...{ history: page, newer: page, around: page },
		changes: async () => ({ messages: [], head: 0 }),
	};
	const conversationSync = new ConversationSync(world, socket, api, () => 1);
	const sender = new OutboxSender(world.outbox, socket, new FakeElection(), () => 1);
	new DraftSync(world, socket, conversationSync, sender, new DraftStore(new LocalStore(() => storage)));
	world.session.signIn(me);
	await world.outbox.open(me);
	world.open("#ting");
	const conversation = world.conversation("#ting");
	const { draft } = conversation;
	/** Connect and join. @param {object} [state] */
	const connectAndJoin = async (state = {}) => {
		await socket.connect(me);
		await socket.answer("join", { topic: "", head: 0, people: [], drafts: [], ...state });
	};
	const submit = () => world.outbox.add("#ting", draft.text, draft.commit() ?? undefined);
	/** @param {string} id @param {string | null} text */
	const remote = (id, text) => ({ id, author: me, position: 5, text });
	const sent = () => socket.sent.map(({ text }) => text);
	return { world, socket, conversation, draft, connectAndJoin, submit, remote, sent, storage };
}

test("the first letter is sent at once, then at most one state per interval, and always the last state", async () => {
	const { draft, connectAndJoin, sent, socket } = await setUp();
	await connectAndJoin();
	for (const text of ["h", "he", "hel", "hell", "hello"]) draft.write(text);
	assert.deepEqual(sent(), ["h"]);
	mock.timers.tick(INTERVAL_MS - 1);
	assert.deepEqual(sent(), ["h"]);
	mock.timers.tick(1);
	assert.deepEqual(sent(), ["h", "hello"]);
	mock.timers.tick(10_000);
	assert.equal(socket.sent.length, 2);
	assert.deepEqual(socket.sent[1], { type: "draft", conversation: "#ting", id: draft.id, text: "hello" });
});

test("for any input the server ends up with the composer's text, and drafts are never sent too often", async () => {
	for (let seed = 1; seed <= 30; seed += 1) {
		const random = randomFrom(seed);
		const { draft, connectAndJoin, socket } = await setUp();
		await connectAndJoin();
		/** @type {number[]} */
		const times = [];
		const send = socket.send.bind(socket);
		socket.send = (command) => {
			times.push(Date.now());
			send(command);
		};
		for (let step = 0; step < 60; step += 1) {
			draft.write(random() < 0.1 ? "" : `text ${Math.floor(random() * 4)}`);
			mock.timers.tick(Math.floor(random() * 80));
		}
		mock.timers.tick(INTERVAL_MS);
		const last = socket.sent.at(-1);
		assert.equal(last?.text ?? "", draft.text, `seed ${seed}`);
		if (draft.id) assert.equal(last?.id, draft.id, `seed ${seed}`);
		for (const [index, at] of times.slice(1).entries()) assert.ok(at - Number(times[index]) >= INTERVAL_MS);
	}
});

test("erasing everything clears the draft on the server", async () => {
	const { draft, connectAndJoin, socket } = await setUp();
	await connectAndJoin();
	draft.write("hello");
	const id = draft.id;
	mock.timers.tick(INTERVAL_MS);
	draft.write("");
	assert.deepEqual(socket.sent.at(-1), { type: "draft", conversation: "#ting", id, text: "" });
});

test("nothing is sent while not joined, offline or over the limit; the state follows afterwards", async () => {
	const { draft, connectAndJoin, sent, socket, world } = await setUp();
	draft.write("before");
	await socket.connect();
	draft.write("before joining");
	assert.deepEqual(sent(), []);
	await socket.answer("join", { topic: "", head: 0, people: [], drafts: [] });
	assert.deepEqual(sent(), ["before joining"]);
	mock.timers.tick(INTERVAL_MS);
	draft.write("x".repeat(world.limits.text + 1));
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["before joining"]);
	await socket.disconnect();
	draft.write("offline");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["before joining"]);
	await connectAndJoin();
	assert.deepEqual(sent(), ["before joining", "offline"]);
});

test("commands, blank texts and unshared drafts are not sent, and an earlier draft is cleared", async () => {
	const { draft, connectAndJoin, sent, world } = await setUp();
	await connectAndJoin();
	for (const text of ["/secret", "  \n", "//x"]) draft.write(text);
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), []);
	draft.write("open");
	mock.timers.tick(INTERVAL_MS);
	draft.write("/open");
	mock.timers.tick(INTERVAL_MS);
	draft.write("open again");
	mock.timers.tick(INTERVAL_MS);
	world.session.update({ ...ada, share_typing: "nothing" });
	draft.write("closed");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["open", "", "open again", ""]);
});

test("a message has the id of its draft before any answer, and no stale draft follows it", async () => {
	const { draft, connectAndJoin, submit, sent, socket } = await setUp();
	await connectAndJoin();
	draft.write("h");
	draft.write("hello");
	const id = draft.id;
	submit();
	mock.timers.tick(10_000);
	assert.deepEqual(socket.open("send")[0]?.command, { type: "send", conversation: "#ting", id, text: "hello" });
	assert.deepEqual(sent(), ["h"]);
});

test("the next draft follows a sent message, but waits for an unsent one, whose position it would take", async () => {
	const { draft, connectAndJoin, submit, sent, socket } = await setUp();
	await connectAndJoin();
	draft.write("one");
	submit();
	draft.write("two");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["one", "two"]);
	submit();
	draft.write("three");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["one", "two"]);
	await socket.answer("send", { seq: 1, position: 1 });
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["one", "two", "three"]);
});

test("a draft waits for a postponed message, however often that is retried", async () => {
	const { draft, connectAndJoin, submit, sent, socket } = await setUp();
	await connectAndJoin();
	draft.write("one");
	submit();
	await socket.refuse("send", { code: "busy", retry_after: 0.1 });
	mock.timers.tick(60_000);
	await settled();
	assert.equal(socket.open("send").length, 1);
	draft.write("two");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["one"]);
	await socket.answer("send", { seq: 1, position: 1 });
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["one", "two"]);
});

test("a reload restores text and id, and sends them only if the server has another state", async () => {
	const before = await setUp();
	await before.connectAndJoin();
	before.draft.write("hello");
	mock.timers.tick(INTERVAL_MS);
	const id = String(before.draft.id);
	const same = await setUp({ storage: before.storage });
	assert.deepEqual([same.draft.id, same.draft.text], [id, "hello"]);
	await same.connectAndJoin({ mine: same.remote(id, "hello") });
	assert.deepEqual(same.sent(), []);
	assert.equal(same.draft.positionOf(id), 5);
	const lost = await setUp({ storage: before.storage });
	await lost.connectAndJoin();
	assert.deepEqual(lost.sent(), ["hello"]);
});

test("an old draft is restored and is sent only with the next keystroke", async () => {
	const before = await setUp();
	await before.connectAndJoin();
	before.draft.write("hello");
	mock.timers.tick(LOST_AFTER_MS);
	const later = await setUp({ storage: before.storage });
	await later.connectAndJoin();
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(later.sent(), []);
	later.draft.write("hello!");
	assert.deepEqual(later.sent(), ["hello!"]);
});

test("a draft that was sent or erased is not restored", async () => {
	const before = await setUp();
	before.draft.write("hello");
	before.submit();
	assert.equal((await setUp({ storage: before.storage })).draft.text, "");
	before.draft.write("more");
	before.draft.write("");
	assert.equal((await setUp({ storage: before.storage })).draft.text, "");
});

test("drafts belong to a conversation and a user", async () => {
	const { world, draft, storage } = await setUp();
	draft.write("for ting");
	world.open("#music");
	assert.equal(world.conversation("#music").draft.text, "");
	world.open("#ting");
	assert.equal(world.conversation("#ting").draft.text, "for ting");
	const bob = await setUp({ storage, me: { ...ada, id: "user-bob" } });
	assert.equal(bob.draft.text, "");
});

test("the draft of another device is followed, but never while the user types here, and is not sent back", async () => {
	const { draft, connectAndJoin, remote, sent, conversation } = await setUp();
	await connectAndJoin();
	draft.write("hel");
	const id = String(draft.id);
	const drafts = [remote(id, "hello from the phone")];
	conversation.receiveDrafts({ type: "draft", conversation: "#ting", mine: true, drafts }, ada.id);
	mock.timers.tick(FOLLOW_AFTER_MS - 1);
	assert.equal(draft.text, "hel");
	mock.timers.tick(1);
	assert.equal(draft.text, "hello from the phone");
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(sent(), ["hel"]);
});

test("a draft that was taken over is sent only with the next keystroke, under the same id", async () => {
	const { draft, connectAndJoin, remote, socket } = await setUp();
	await connectAndJoin({ mine: remote("there", "I am on") });
	draft.continueHere();
	mock.timers.tick(INTERVAL_MS);
	assert.deepEqual(socket.sent, []);
	draft.write("I am on it");
	assert.deepEqual(socket.sent, [{ type: "draft", conversation: "#ting", id: "there", text: "I am on it" }]);
});

test("a draft that another tab sends leaves this composer", async () => {
	const { draft, world, remote, connectAndJoin } = await setUp();
	await connectAndJoin({ mine: remote("there", "hello") });
	draft.continueHere();
	const entry = {
		id: "there",
		user: ada.id,
		conversation: "#ting",
		text: "hello",
		created: 1,
		order: 1,
		refused: null,
	};
	world.outbox.applyChange({ put: entry });
	await settled();
	assert.equal(draft.text, "");
});

test("removing a refused message clears its draft for other users", async () => {
	const { world, draft, connectAndJoin, socket, submit } = await setUp();
	await connectAndJoin();
	draft.write("hello");
	const entry = submit();
	assert.ok(entry);
	world.outbox.refuse(entry.id, { code: "muted", message: "" });
	socket.sent.length = 0;
	world.outbox.remove(entry.id);
	assert.deepEqual(socket.sent, [{ type: "draft", conversation: "#ting", id: entry.id, text: "" }]);
});

test("removing a message in a conversation that is not joined sends no draft", async () => {
	const { world, connectAndJoin, socket } = await setUp();
	await connectAndJoin();
	const entry = world.outbox.add("#music", "hello");
	assert.ok(entry);
	world.outbox.remove(entry.id);
	assert.deepEqual(socket.sent, []);
});
