import assert from "node:assert/strict";
import { test } from "node:test";
import { SearchController, searchUrl } from "../../../../static/js/controller/app/search-controller.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, MemoryStore, message, settled } from "../../support.js";

test("both days of a search are included, in the local time zone", () => {
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
function setUp(answer) {
	const world = new World(new Outbox(new MemoryStore()));
	/** @type {string[]} */
	const requests = [];
	const request = async (/** @type {string} */ _method, /** @type {string} */ url) => {
		requests.push(url);
		return answer(url);
	};
	const searchController = new SearchController(world, { request });
	const search = async (/** @type {string} */ q) => {
		world.place = { kind: "search", query: { q } };
		await settled();
	};
	const found = () => world.searchResults.hits.map(({ message: { id } }) => id);
	return { world, searchController, requests, search, found };
}

/** @param {...number} seqs */
const hits = (...seqs) => seqs.map((seq) => ({ message: message({ seq }), marks: [] }));

test("pages are appended, and returning to the search does not send it again", async () => {
	const { world, searchController, requests, search, found } = setUp((url) =>
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
	assert.equal(requests.length, 2);
});

test("an answer to an earlier query is discarded, and a failed query can be retried", async () => {
	/** @type {((answer: any) => void)[]} */
	const answers = [];
	const { world, search, found } = setUp(() => new Promise((resolve) => answers.push(resolve)));
	world.session.signIn(ada);
	await search("one");
	await search("two");
	answers[0]?.({ hits: hits(1), cursor: null });
	answers[1]?.(Promise.reject(Refusal.offline()));
	await settled();
	assert.deepEqual([found(), world.searchResults.phase], [[], "failed"]);
	await search("two");
	answers[2]?.({ hits: hits(2), cursor: null });
	await settled();
	assert.deepEqual([found(), world.searchResults.phase], [["m2"], "ready"]);
});

test("a search in the URL waits for the sign-in", async () => {
	const { world, requests, search } = setUp(() => ({ hits: [], cursor: null }));
	await search("word");
	assert.deepEqual(requests, []);
	world.session.signIn(ada);
	await settled();
	assert.equal(requests.length, 1);
});
