import assert from "node:assert/strict";
import { test } from "node:test";
import { Router } from "../../static/js/controller/router.js";
import { channelAt, nicknameFault, pathOf } from "../../static/js/model/names.js";
import { Outbox } from "../../static/js/model/outbox.js";
import { World } from "../../static/js/model/world.js";
import { MemoryStore } from "./support.js";

/** @param {string} pathname */
function browserAt(pathname) {
	const location = { pathname };
	/** @type {string[]} */
	const moves = [];
	/** @type {() => void} */
	let back = () => {};
	const history = {
		pushState: (/** @type {any} */ _state, /** @type {string} */ _title, /** @type {string} */ to) => {
			moves.push(`push ${to}`);
			location.pathname = to;
		},
		replaceState: (/** @type {any} */ _state, /** @type {string} */ _title, /** @type {string} */ to) => {
			moves.push(`replace ${to}`);
			location.pathname = to;
		},
	};
	const world = new World(new Outbox(new MemoryStore()));
	const addEventListener = (/** @type {string} */ _name, /** @type {() => void} */ listener) => {
		back = listener;
	};
	const router = new Router(world, /** @type {any} */ ({ location, history, addEventListener }));
	router.start();
	const goBackTo = (/** @type {string} */ to) => {
		location.pathname = to;
		back();
	};
	return { world, router, moves, goBackTo };
}

test("an address is a channel", () => {
	assert.equal(channelAt("/"), "#ting");
	assert.equal(channelAt("/music"), "#music");
	assert.equal(channelAt("/m%75sic"), "#music");
	assert.equal(channelAt("/a.b_c-9"), "#a.b_c-9");
});

test("capitals are the same channel, and the address says so", () => {
	const { world, moves } = browserAt("/MuSic");
	assert.equal(world.current?.id, "#music");
	assert.deepEqual(moves, ["replace /music"]);
});

test("what is no channel leads to the default one", () => {
	const bad = [
		"/a/b",
		"/music/",
		"/a b",
		"/%",
		"/μουσική",
		`/${"x".repeat(21)}`,
		"/.",
		"/..",
		"/api",
		"/sw.js",
		"/u/ada",
	];
	for (const path of bad) {
		const { world, moves } = browserAt(path);
		assert.equal(world.current?.id, "#ting", path);
		assert.deepEqual(moves, ["replace /"], path);
	}
});

test("a good address stays as it is", () => {
	assert.deepEqual(browserAt("/music").moves, []);
	assert.deepEqual(browserAt("/ting").moves, []);
});

test("going to a channel is one step that back undoes", () => {
	const { world, router, moves, goBackTo } = browserAt("/");
	router.go("#music");
	router.go("#music");
	assert.deepEqual(moves, ["push /music"]);
	assert.equal(world.current?.id, "#music");
	goBackTo("/");
	assert.equal(world.current?.id, "#ting");
	assert.equal(pathOf("#ting"), "/");
});

test("nicknames are Latin or Greek letters, digits and symbols, 1 to 20 of them", () => {
	for (const name of ["a", "Ada", "Ωμέγα", "Ζωή_9", "naïve", "\\|'\"`;:", "x".repeat(20)]) {
		assert.equal(nicknameFault(name), null, name);
	}
	assert.equal(nicknameFault(""), "empty");
	assert.equal(nicknameFault("x".repeat(21)), "long");
	for (const name of ["a b", "<a>", "Жук", "名", "a\u200bb", "🙂"])
		assert.equal(nicknameFault(name), "characters", name);
});
