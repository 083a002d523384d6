import assert from "node:assert/strict";
import { test } from "node:test";
import { SearchController, searchUrl } from "../../../../static/js/controller/app/search-controller.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, MemoryStore, message, settled } from "../../support.js";

test("days are asked for with their beginning and their end, in the time of this place", () => {
	const url = new URL(
		searchUrl({ q: " τι ", in: "#ting", from: "bob", after: "2026-05-04", before: "2026-05-04" }, "c1"),
		"http://x",
	);
	const { after, before, ...rest } = Object.fromEntries(url.searchParams);
	assert.deepEqual(rest, { q: "τι", in: "#ting", from: "bob", cursor: "c1", limit: "20" });
	assert.equal(Number(before) - Number(after), 24 * 3600 * 1000);
	assert.equal(new Date(Number(after)).getHours(), 0);
	assert.ok(!searchUrl({ q: "a", after: "nonsense" }, null).includes("after"));
});

/** @param {(url: string) => any} answer */
function adaSearches(answer) {
	const world = new World(new Outbox(new MemoryStore()));
	/** @type {string[]} */
	const asked = [];
	const request = async (/** @type {string} */ _method, /** @type {string} */ url) => {
		asked.push(url);
		return answer(url);
	};
	const searchController = new SearchController(world, { request });
	const search = async (/** @type {string} */ q) => {
		world.place = { kind: "search", query: { q } };
		await settled();
	};
	const found = () => world.searchResults.hits.map(({ message: { id } }) => id);
	return { world, searchController, asked, search, found };
}

/** @param {...number} seqs */
const hits = (...seqs) => seqs.map((seq) => ({ message: message({ seq }), marks: [] }));

test("pages follow each other, and whoever comes back finds what was found", async () => {
	const { world, searchController, asked, search, found } = adaSearches((url) =>
		url.includes("cursor") ? { hits: hits(2, 1), cursor: null } : { hits: hits(3, 2), cursor: "next" },
	);
	world.session.signIn(ada);
	await search("word");
	searchController.loadMore();
	searchController.loadMore();
	await settled();
	assert.deepEqual(found(), ["m3", "m2", "m1"]);
	world.place = { kind: "channel", id: "#ting" };
	await search("word");
	searchController.loadMore();
	assert.equal(asked.length, 2);
});

test("an answer to something else comes too late, and a failure can be tried again", async () => {
	/** @type {((answer: any) => void)[]} */
	const waiting = [];
	const { world, search, found } = adaSearches(() => new Promise((resolve) => waiting.push(resolve)));
	world.session.signIn(ada);
	await search("one");
	await search("two");
	waiting[0]?.({ hits: hits(1), cursor: null });
	waiting[1]?.(Promise.reject(Refusal.offline()));
	await settled();
	assert.deepEqual([found(), world.searchResults.phase], [[], "failed"]);
	await search("two");
	waiting[2]?.({ hits: hits(2), cursor: null });
	await settled();
	assert.deepEqual([found(), world.searchResults.phase], [["m2"], "ready"]);
});

test("an address to search for waits until somebody is in", async () => {
	const { world, asked, search } = adaSearches(() => ({ hits: [], cursor: null }));
	await search("word");
	assert.deepEqual(asked, []);
	world.session.signIn(ada);
	await settled();
	assert.equal(asked.length, 1);
});
