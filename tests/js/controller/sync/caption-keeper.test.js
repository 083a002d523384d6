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

const emptyStore = () => new LocalStore(() => assert.fail("this browser stores nothing"));

/** A page that shows #ting. */
async function page({ localStore = emptyStore(), me = ada } = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	const store = new DraftStore(localStore);
	new CaptionKeeper(world, store);
	world.session.signIn(me);
	await world.outbox.open(me);
	world.open("#ting");
	const { draft } = world.conversation("#ting");
	/** @param {string} text */
	const sendWithFile = (text, id = text) => {
		world.uploads.add("#ting", [file("a.png")]);
		world.uploads.send("#ting", { text, id });
		return String(world.uploads.uploadsFor("#ting").at(-1)?.key);
	};
	return { world, store, localStore, draft, sendWithFile };
}

test("a caption whose upload the page did not finish becomes a draft at the next visit, once", async () => {
	const { localStore, sendWithFile } = await page();
	sendWithFile("look at");
	sendWithFile("these");
	const bobsPage = await page({ localStore, me: bob });
	assert.equal(bobsPage.draft.text, "");
	const { draft, store } = await page({ localStore });
	assert.deepEqual([draft.text, draft.id], ["look at\n\nthese", "look at"]);
	assert.equal(store.load(ada.id, "#ting")?.text, "look at\n\nthese");
	store.put(ada.id, "#ting", null);
	assert.equal((await page({ localStore })).draft.text, "");
});

test("a caption is stored until its message is in the outbox or it is cancelled", async () => {
	const { world, localStore, sendWithFile } = await page();
	const stored = { id: "f1", name: "a.png", type: "image/png", size: 1 };
	world.uploads.markStored(sendWithFile("stored"), stored);
	world.uploads.cancel(sendWithFile("without the file"));
	assert.deepEqual(
		world.outbox.entriesFor("#ting").map(({ text }) => text),
		["stored", "without the file"],
	);
	assert.equal((await page({ localStore })).draft.text, "");
});

test("a caption outlives the session", async () => {
	const { world, sendWithFile } = await page();
	sendWithFile("look");
	world.session.end("ended");
	world.clear();
	world.session.signIn(bob);
	world.clear();
	assert.equal(world.current?.draft.text, "");
	world.session.signIn(ada);
	world.clear();
	assert.equal(world.current?.draft.text, "look");
});

test("a caption neither replaces a draft nor is lost because of it", async () => {
	const { localStore, store, sendWithFile } = await page();
	sendWithFile("look");
	store.put(ada.id, "#ting", { id: "d1", text: "another", told: null, touched: 0 });
	const later = await page({ localStore });
	assert.equal(later.draft.text, "");
	later.sendWithFile("and this");
	store.put(ada.id, "#ting", null);
	assert.equal((await page({ localStore })).draft.text, "look\n\nand this");
});

test("a caption whose file is still being uploaded is no draft when the user returns to the conversation", async () => {
	const { world, draft, sendWithFile } = await page();
	sendWithFile("look");
	world.open("#music");
	world.open("#ting");
	assert.equal(draft.text, "");
});
