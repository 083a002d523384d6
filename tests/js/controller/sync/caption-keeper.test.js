import assert from "node:assert/strict";
import { test } from "node:test";
import { DraftStore } from "../../../../static/js/controller/storage/draft-store.js";
import { LocalStore } from "../../../../static/js/controller/storage/local-store.js";
import { CaptionKeeper } from "../../../../static/js/controller/sync/caption-keeper.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, MemoryStore } from "../../support.js";

/** @param {string} name @returns {any} */
const file = (name) => Object.assign(new Blob(["x"], { type: "image/png" }), { name });

const emptyShelf = () => new LocalStore(() => assert.fail("this browser keeps nothing"));

/** A page in which somebody looks at #ting. */
async function page({ localStore = emptyShelf(), me = ada } = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	const store = new DraftStore(localStore);
	new CaptionKeeper(world, store);
	world.session.signIn(me);
	await world.outbox.open(me);
	world.open("#ting");
	const { draft } = world.conversation("#ting");
	/** @param {string} text */
	const sayWithFile = (text, id = text) => {
		world.uploads.add("#ting", [file("a.png")]);
		world.uploads.send("#ting", { text, id });
		return String(world.uploads.uploadsFor("#ting").at(-1)?.key);
	};
	return { world, store, localStore, draft, sayWithFile };
}

test("words whose file was on its way when the page went are a draft when one comes back, once", async () => {
	const { localStore, sayWithFile } = await page();
	sayWithFile("look at");
	sayWithFile("these");
	const bobs = await page({ localStore, me: bob });
	assert.equal(bobs.draft.text, "");
	const { draft, store } = await page({ localStore });
	assert.deepEqual([draft.text, draft.id], ["look at\n\nthese", "look at"]);
	assert.equal(store.load(ada.id, "#ting")?.text, "look at\n\nthese");
	store.put(ada.id, "#ting", null);
	assert.equal((await page({ localStore })).draft.text, "");
});

test("words are kept until their message waits in the outbox, or they are taken back", async () => {
	const { world, localStore, sayWithFile } = await page();
	const stored = { id: "f1", name: "a.png", type: "image/png", size: 1 };
	world.uploads.markStored(sayWithFile("stored"), stored);
	world.uploads.cancel(sayWithFile("without the file"));
	assert.deepEqual(
		world.outbox.entriesFor("#ting").map(({ text }) => text),
		["stored", "without the file"],
	);
	assert.equal((await page({ localStore })).draft.text, "");
});

test("words outlive the session", async () => {
	const { world, sayWithFile } = await page();
	sayWithFile("look");
	world.session.end("ended");
	world.clear();
	world.session.signIn(bob);
	world.clear();
	assert.equal(world.current?.draft.text, "");
	world.session.signIn(ada);
	world.clear();
	assert.equal(world.current?.draft.text, "look");
});

test("words neither go over a draft nor are lost to it", async () => {
	const { localStore, store, sayWithFile } = await page();
	sayWithFile("look");
	store.put(ada.id, "#ting", { id: "d1", text: "another", told: null, touched: 0 });
	const later = await page({ localStore });
	assert.equal(later.draft.text, "");
	later.sayWithFile("and this");
	store.put(ada.id, "#ting", null);
	assert.equal((await page({ localStore })).draft.text, "look\n\nand this");
});

test("words whose file is still on its way are no draft for whoever comes back to the conversation", async () => {
	const { world, draft, sayWithFile } = await page();
	sayWithFile("look");
	world.open("#music");
	world.open("#ting");
	assert.equal(draft.text, "");
});
