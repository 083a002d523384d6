import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { QuickSwitcher } from "../../../../static/js/model/lists/quick-switcher.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, eve, MemoryStore } from "../../support.js";

/** @param {[string, number][]} given conversations with their last activity @param {any} [fields] by conversation */
function listOf(given, fields = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	world.conversationList.replace(
		given.map(([conversation, active]) => ({ conversation, active, head: 0, read: 0, ...fields[conversation] })),
	);
	return world.conversationList.all;
}

const DIRECT = "@user-ada~user-bob";
const entries = listOf(
	[
		["#music", 3],
		[DIRECT, 2],
		["#movies", 1],
	],
	{ [DIRECT]: { with: bob } },
);

/** @param {string} query @param {any[]} [channels] @param {any[]} [people] */
function optionsFor(query, channels = [], people = []) {
	const switcher = new QuickSwitcher();
	switcher.setQuery(query, entries, ada.id);
	switcher.addResults(switcher.query, channels, people);
	return switcher.options.map(({ kind, name }) => `${kind} ${name}`);
}

test("listed conversations come first, then channels, users, a new channel and the search", () => {
	assert.deepEqual(
		optionsFor("m", [{ conversation: "#music" }, { conversation: "#math" }], [{ ...eve, name: "Mia" }]),
		["entry music", "entry movies", "channel math", "person Mia", "create m", "search m"],
	);
	assert.deepEqual(optionsFor("ΜΟ"), ["create μο", "search ΜΟ"]);
	assert.deepEqual(optionsFor("Μου", [{ conversation: "#μουσική" }]), ["channel μουσική", "create μου", "search Μου"]);
	assert.deepEqual(optionsFor("ΜΟ!"), ["search ΜΟ!"]);
	assert.deepEqual(optionsFor("music"), ["entry music", "search music"]);
	assert.deepEqual(optionsFor(""), []);
});

test("`#` selects channels only, `@` users only", () => {
	assert.deepEqual(optionsFor("#b", [], [bob]), ["create b", "search #b"]);
	assert.deepEqual(optionsFor("@b", [{ conversation: "#books" }], [bob, { ...ada, name: "bada" }]), [
		"entry Bob",
		"search @b",
	]);
});

test("the selection wraps around and stays when results arrive", () => {
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
