import assert from "node:assert/strict";
import { test } from "node:test";
import { SearchController, searchUrl } from "../../static/js/controller/app/search-controller.js";
import { Refusal } from "../../static/js/model/base/refusal.js";
import { Outbox } from "../../static/js/model/conversation/outbox.js";
import { QuickSwitcher } from "../../static/js/model/lists/quick-switcher.js";
import { excerpt, withoutSigns } from "../../static/js/model/text/excerpt.js";
import { beginsWith, fold } from "../../static/js/model/text/fold.js";
import { World } from "../../static/js/model/world.js";
import { ada, bob, eve, MemoryStore, message, settled } from "./support.js";

/** @param {[string, number, number][]} given conversations, when they were active and what is with them @param {any} [more] */
function listOf(given, more = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	world.conversationList.replace(
		given.map(([conversation, active]) => ({ conversation, active, head: 0, read: 0, ...more[conversation] })),
	);
	return world.conversationList.all;
}

test("accents, case and the final sigma make no difference", () => {
	assert.equal(fold("Μουσικές"), fold("ΜΟΥΣΙΚΕΣ"));
	assert.ok(beginsWith("Ωμέγα", fold("ωμε")));
	assert.ok(beginsWith("Ångström", fold("ang")));
	assert.ok(!beginsWith("music", fold("usi")));
});

const PRIVATE = "@user-ada~user-bob";
const entries = listOf(
	[
		["#music", 3, 0],
		[PRIVATE, 2, 0],
		["#movies", 1, 0],
	],
	{ [PRIVATE]: { with: bob } },
);

/** @param {string} query @param {any[]} [channels] @param {any[]} [people] */
function offers(query, channels = [], people = []) {
	const switcher = new QuickSwitcher();
	switcher.setQuery(query, entries, ada.id);
	switcher.addResults(switcher.query, channels, people);
	return switcher.options.map(({ kind, name }) => `${kind} ${name}`);
}

test("what is in the list comes first, then channels and people, then a new channel, then the search", () => {
	assert.deepEqual(offers("m", [{ conversation: "#music" }, { conversation: "#math" }], [{ ...eve, name: "Mia" }]), [
		"entry music",
		"entry movies",
		"channel math",
		"person Mia",
		"create m",
		"search m",
	]);
	assert.deepEqual(offers("ΜΟ"), ["search ΜΟ"]);
	assert.deepEqual(offers("music"), ["entry music", "search music"]);
	assert.deepEqual(offers(""), []);
});

test("a sign asks for channels alone, or for people alone", () => {
	assert.deepEqual(offers("#b", [], [bob]), ["create b", "search #b"]);
	assert.deepEqual(offers("@b", [{ conversation: "#books" }], [bob, { ...ada, name: "bada" }]), [
		"entry Bob",
		"search @b",
	]);
});

test("arrows go around, and what was chosen stays chosen when more is offered", () => {
	const switcher = new QuickSwitcher();
	switcher.setQuery("m", entries, ada.id);
	switcher.move(-1);
	assert.equal(switcher.selected?.kind, "search");
	switcher.addResults("m", [{ conversation: "#math" }], []);
	assert.equal(switcher.selected?.kind, "search");
	switcher.addResults("something else", [], []);
	switcher.move(1);
	assert.equal(switcher.selected?.name, "music");
});

/** @param {string} text @param {[number, number][]} marks @param {number} [most] */
const marked = (text, marks, most) =>
	excerpt({ text, marks }, most)
		.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
		.join("");

test("what was found is marked, by code points", () => {
	assert.equal(marked("🙂 καλημέρα σε όλους", [[2, 10]]), "🙂 [καλημέρα] σε όλους");
	assert.equal(
		marked("aab", [
			[0, 1],
			[1, 2],
		]),
		"[a][a]b",
	);
	assert.equal(
		marked("abc", [
			[0, 2],
			[1, 3],
		]),
		"[ab][c]",
	);
	assert.equal(marked("plain", []), "plain");
	assert.equal(marked("ab", [[1, 99]]), "a[b]");
});

test("of a long text the part around the first mark is shown", () => {
	const text = `${"x".repeat(500)} word ${"y".repeat(500)}`;
	const shown = marked(text, [[501, 505]]);
	assert.ok(shown.startsWith("… xxx") && shown.endsWith("yyy …") && shown.includes("[word]"));
	assert.ok(shown.length < 300);
});

/** @param {string} text @param {string} word that is found in it */
function seen(text, word) {
	const at = Array.from(text.slice(0, text.indexOf(word))).length;
	const emojiNamed = (/** @type {string} */ name) => (name === "tada" ? "🎉" : undefined);
	const pieces = excerpt(withoutSigns(text, [[at, at + Array.from(word).length]], { emojiNamed }));
	return pieces.map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join("");
}

test("what was found is read without the signs that say how it is meant", () => {
	assert.equal(seen("🙂 yes, *indeed* so", "indeed"), "🙂 yes, [indeed] so");
	assert.equal(seen("_*both* of it_ and `co*de*`", "de"), "both of it and co*[de]*");
	assert.equal(seen("> said\n- one\n- two\nend", "two"), "said\none\n[two]\nend");
	assert.equal(seen("so:\n```js\nlet a;\n```\nright", "right"), "so:\nlet a;\n[right]");
	assert.equal(seen(":tada: done", "done"), "🎉 [done]");
	assert.equal(seen(":tada: done", "tada"), "[🎉] done");
	assert.equal(seen("```python\nx\n```", "python"), "x");
});

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
