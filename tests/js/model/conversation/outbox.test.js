import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { ada, bob, MemoryStore } from "../../support.js";

async function setUp(store = new MemoryStore()) {
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
	const { outbox: one } = await setUp(store);
	const { outbox: two } = await setUp(store);
	one.on("broadcast", (change) => two.applyChange(structuredClone(change)));
	two.on("broadcast", (change) => one.applyChange(structuredClone(change)));
	return { one, two, store };
}

test("sent messages are shown at once, in order, and stored", async () => {
	const { outbox, store } = await setUp();
	for (const text of ["one", "two", "three"]) add(outbox, text);
	assert.deepEqual(texts(outbox), ["one", "two", "three"]);
	assert.equal(store.entries.size, 3);
});

test("stored messages survive a reload, in order", async () => {
	const { outbox, store } = await setUp();
	for (const text of ["one", "two", "three"]) add(outbox, text);
	const { outbox: later } = await setUp(store);
	assert.deepEqual(texts(later), ["one", "two", "three"]);
	add(later, "four");
	assert.deepEqual(texts(later), ["one", "two", "three", "four"]);
});

test("an acknowledged message leaves the outbox and the store", async () => {
	const { outbox, store } = await setUp();
	outbox.acknowledge(add(outbox, "one").id, { seq: 4, position: 3 });
	assert.deepEqual(texts(outbox), []);
	assert.equal(store.entries.size, 0);
});

test("an acknowledged message is shown as stored, with a seq below every real version", async () => {
	const { outbox } = await setUp();
	/** @type {any[]} */
	const stored = [];
	outbox.on("stored", (message) => stored.push(message));
	outbox.acknowledge(add(outbox, "//shrug").id, { seq: 4, position: 3 });
	assert.equal(stored[0].seq, 0);
	assert.equal(stored[0].position, 3);
	assert.equal(stored[0].text, "/shrug");
	assert.deepEqual(stored[0].author, { id: ada.id, name: ada.name });
});

test("an acknowledged command leaves no message", async () => {
	const { outbox } = await setUp();
	outbox.on("stored", () => assert.fail("a command stores nothing"));
	outbox.acknowledge(add(outbox, "/help").id, {});
	assert.deepEqual(texts(outbox), []);
});

test("another user of this browser never gets these messages", async () => {
	const { outbox, store } = await setUp();
	add(outbox, "a secret");
	await outbox.open(bob);
	assert.deepEqual(texts(outbox), []);
	assert.equal(outbox.queues().size, 0);
	await outbox.open(ada);
	assert.deepEqual(texts(outbox), ["a secret"]);
	assert.equal(store.entries.size, 1);
});

test("without a session nothing can be sent", () => {
	assert.equal(new Outbox(new MemoryStore()).add("#ting", "hello"), null);
});

test("a refused message stays with its reason and is not sent again", async () => {
	const { outbox } = await setUp();
	const { id } = add(outbox, "one");
	outbox.refuse(id, { code: "bad_text", message: "Too long." });
	assert.deepEqual(outbox.entriesFor("#ting")[0]?.refused, { code: "bad_text", message: "Too long." });
	assert.equal(outbox.queues().size, 0);
});

test("a retry sends the same id, after all other messages", async () => {
	const { outbox } = await setUp();
	const { id } = add(outbox, "one");
	add(outbox, "two");
	outbox.refuse(id, { code: "internal", message: "Oh." });
	outbox.retry(id);
	assert.deepEqual(texts(outbox), ["two", "one"]);
	assert.equal(outbox.entriesFor("#ting")[1]?.id, id);
	assert.equal(outbox.entriesFor("#ting")[1]?.refused, null);
});

test("a retry after a taken id uses a new id", async () => {
	const { outbox, store } = await setUp();
	const { id } = add(outbox, "one");
	outbox.refuse(id, { code: "id_taken", message: "Taken." });
	outbox.retry(id);
	assert.deepEqual(texts(outbox), ["one"]);
	assert.notEqual(outbox.entriesFor("#ting")[0]?.id, id);
	assert.equal(store.entries.size, 1);
});

test("a removed message is removed in all tabs and in the store", async () => {
	const { one, two, store } = await twoTabs();
	const { id } = add(one, "one");
	two.remove(id);
	assert.deepEqual([texts(one), texts(two), store.entries.size], [[], [], 0]);
});

test("two tabs hold the same messages, and know which tab wrote which", async () => {
	const { one, two } = await twoTabs();
	const { id } = add(one, "from one");
	add(two, "from two");
	assert.deepEqual(texts(two), texts(one));
	assert.deepEqual(texts(one), ["from one", "from two"]);
	assert.deepEqual([one.isOwn(id), two.isOwn(id)], [true, false]);
	one.acknowledge(id, { seq: 1, position: 1 });
	assert.deepEqual(texts(two), ["from two"]);
});

test("a finished message never returns through a late change or a late load", async () => {
	const { one, two, store } = await twoTabs();
	const entry = add(one, "one");
	one.acknowledge(entry.id, { seq: 1, position: 1 });
	two.applyChange({ put: entry });
	assert.deepEqual(texts(two), []);
	store.entries.set(entry.id, entry);
	await two.reload();
	assert.deepEqual(texts(two), []);
});

test("a tab of another user does not get these messages", async () => {
	const { one, two } = await twoTabs();
	await two.open(bob);
	add(one, "a secret");
	assert.deepEqual(texts(two), []);
});

test("a message keeps its quote and file until it is stored, even after a retry with a new id", async () => {
	const store = new MemoryStore();
	const outbox = new Outbox(store);
	await outbox.open(ada);
	const references = {
		reply_to: { id: "m1", author: bob, text: "?" },
		file: { id: "f1", name: "a.png", type: "image/png", size: 3 },
	};
	outbox.add("#ting", "", "m9", references);
	outbox.refuse("m9", { code: "id_taken", message: "" });
	outbox.retry("m9");
	const again = new Outbox(store);
	await again.open(ada);
	const [entry] = again.entriesFor("#ting");
	assert.deepEqual([entry?.reply_to, entry?.file], [references.reply_to, references.file]);
	/** @type {any[]} */
	const stored = [];
	again.on("stored", (message) => stored.push(message));
	again.acknowledge(String(entry?.id), { seq: 4, position: 5 });
	assert.deepEqual([stored[0].reply_to, stored[0].file], [references.reply_to, references.file]);
});
