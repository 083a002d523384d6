import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { ada, bob, MemoryStore } from "../../support.js";

async function adasOutbox(store = new MemoryStore()) {
	const outbox = new Outbox(store);
	await outbox.open(ada);
	return { outbox, store };
}

/** @param {Outbox} outbox @param {string} [conversation] */
const texts = (outbox, conversation = "#ting") => outbox.entriesFor(conversation).map((entry) => entry.text);

/** @param {Outbox} outbox @param {string} text */
function add(outbox, text, conversation = "#ting") {
	const entry = outbox.add(conversation, text);
	assert.ok(entry);
	return entry;
}

/** Two tabs of one browser. */
async function twoTabs() {
	const store = new MemoryStore();
	const { outbox: one } = await adasOutbox(store);
	const { outbox: two } = await adasOutbox(store);
	one.on("broadcast", (change) => two.applyChange(structuredClone(change)));
	two.on("broadcast", (change) => one.applyChange(structuredClone(change)));
	return { one, two, store };
}

test("what is sent is there at once, in order, and kept", async () => {
	const { outbox, store } = await adasOutbox();
	for (const text of ["one", "two", "three"]) add(outbox, text);
	assert.deepEqual(texts(outbox), ["one", "two", "three"]);
	assert.equal(store.entries.size, 3);
});

test("what is kept survives the page, in order", async () => {
	const { outbox, store } = await adasOutbox();
	for (const text of ["one", "two", "three"]) add(outbox, text);
	const { outbox: later } = await adasOutbox(store);
	assert.deepEqual(texts(later), ["one", "two", "three"]);
	add(later, "four");
	assert.deepEqual(texts(later), ["one", "two", "three", "four"]);
});

test("an acknowledged message leaves the outbox and the store", async () => {
	const { outbox, store } = await adasOutbox();
	outbox.acknowledge(add(outbox, "one").id, { seq: 4, position: 3 });
	assert.deepEqual(texts(outbox), []);
	assert.equal(store.entries.size, 0);
});

test("an acknowledged message is shown as stored, below every real version of it", async () => {
	const { outbox } = await adasOutbox();
	/** @type {any[]} */
	const stored = [];
	outbox.on("stored", (message) => stored.push(message));
	outbox.acknowledge(add(outbox, "//shrug").id, { seq: 4, position: 3 });
	assert.equal(stored[0].seq, 0);
	assert.equal(stored[0].position, 3);
	assert.equal(stored[0].text, "/shrug");
	assert.deepEqual(stored[0].author, { id: ada.id, name: ada.name });
});

test("an acknowledged command leaves nothing behind", async () => {
	const { outbox } = await adasOutbox();
	outbox.on("stored", () => assert.fail("a command stores nothing"));
	outbox.acknowledge(add(outbox, "/help").id, {});
	assert.deepEqual(texts(outbox), []);
});

test("another user of this browser never gets these messages", async () => {
	const { outbox, store } = await adasOutbox();
	add(outbox, "a secret");
	await outbox.open(bob);
	assert.deepEqual(texts(outbox), []);
	assert.equal(outbox.queues().size, 0);
	await outbox.open(ada);
	assert.deepEqual(texts(outbox), ["a secret"]);
	assert.equal(store.entries.size, 1);
});

test("nobody can send without being in", () => {
	assert.equal(new Outbox(new MemoryStore()).add("#ting", "hello"), null);
});

test("a refused message stays with its reason and waits for its author", async () => {
	const { outbox } = await adasOutbox();
	const { id } = add(outbox, "one");
	outbox.refuse(id, { code: "bad_text", message: "Too long." });
	assert.deepEqual(outbox.entriesFor("#ting")[0]?.refused, { code: "bad_text", message: "Too long." });
	assert.equal(outbox.queues().size, 0);
});

test("trying again sends the same id, after everything else", async () => {
	const { outbox } = await adasOutbox();
	const { id } = add(outbox, "one");
	add(outbox, "two");
	outbox.refuse(id, { code: "internal", message: "Oh." });
	outbox.retry(id);
	assert.deepEqual(texts(outbox), ["two", "one"]);
	assert.equal(outbox.entriesFor("#ting")[1]?.id, id);
	assert.equal(outbox.entriesFor("#ting")[1]?.refused, null);
});

test("trying again with a taken id makes a new one", async () => {
	const { outbox, store } = await adasOutbox();
	const { id } = add(outbox, "one");
	outbox.refuse(id, { code: "id_taken", message: "Taken." });
	outbox.retry(id);
	assert.deepEqual(texts(outbox), ["one"]);
	assert.notEqual(outbox.entriesFor("#ting")[0]?.id, id);
	assert.equal(store.entries.size, 1);
});

test("a removed message is gone everywhere", async () => {
	const { one, two, store } = await twoTabs();
	const { id } = add(one, "one");
	two.remove(id);
	assert.deepEqual([texts(one), texts(two), store.entries.size], [[], [], 0]);
});

test("two tabs hold the same, and know who wrote what", async () => {
	const { one, two } = await twoTabs();
	const { id } = add(one, "from one");
	add(two, "from two");
	assert.deepEqual(texts(two), texts(one));
	assert.deepEqual(texts(one), ["from one", "from two"]);
	assert.deepEqual([one.isOwn(id), two.isOwn(id)], [true, false]);
	one.acknowledge(id, { seq: 1, position: 1 });
	assert.deepEqual(texts(two), ["from two"]);
});

test("a message that is done never comes back from a late word or a late read", async () => {
	const { one, two, store } = await twoTabs();
	const entry = add(one, "one");
	one.acknowledge(entry.id, { seq: 1, position: 1 });
	two.applyChange({ put: entry });
	assert.deepEqual(texts(two), []);
	store.entries.set(entry.id, entry);
	await two.reload();
	assert.deepEqual(texts(two), []);
});

test("a tab of another user does not learn of these messages", async () => {
	const { one, two } = await twoTabs();
	await two.open(bob);
	add(one, "a secret");
	assert.deepEqual(texts(two), []);
});

test("what a message answers and its file stay with it until it is stored, also when it is sent anew", async () => {
	const store = new MemoryStore();
	const outbox = new Outbox(store);
	await outbox.open(ada);
	const beside = {
		reply_to: { id: "m1", author: bob, text: "?" },
		file: { id: "f1", name: "a.png", type: "image/png", size: 3 },
	};
	outbox.add("#ting", "", "m9", beside);
	outbox.refuse("m9", { code: "id_taken", message: "" });
	outbox.retry("m9");
	const again = new Outbox(store);
	await again.open(ada);
	const [entry] = again.entriesFor("#ting");
	assert.deepEqual([entry?.reply_to, entry?.file], [beside.reply_to, beside.file]);
	/** @type {any[]} */
	const stored = [];
	again.on("stored", (message) => stored.push(message));
	again.acknowledge(String(entry?.id), { seq: 4, position: 5 });
	assert.deepEqual([stored[0].reply_to, stored[0].file], [beside.reply_to, beside.file]);
});
