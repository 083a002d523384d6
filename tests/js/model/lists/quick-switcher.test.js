import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { QuickSwitcher } from "../../../../static/js/model/lists/quick-switcher.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, eve, MemoryStore } from "../../support.js";

/** @param {[string, number, number][]} given conversations, when they were active and what is with them @param {any} [more] */
function listOf(given, more = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	world.conversationList.replace(
		given.map(([conversation, active]) => ({ conversation, active, head: 0, read: 0, ...more[conversation] })),
	);
	return world.conversationList.all;
}

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
