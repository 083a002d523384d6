import assert from "node:assert/strict";
import { test } from "node:test";
import { Router } from "../../../../static/js/controller/app/router.js";
import { channelAt, nicknameFault, pathOf } from "../../../../static/js/model/base/names.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { directId } from "../../../../static/js/model/lists/conversation-list.js";
import { directWith, placeAt, urlOf } from "../../../../static/js/model/lists/routes.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, MemoryStore, settled } from "../../support.js";

const MESSAGE = "01890000-0000-7000-8000-000000000000";

/**
 * A router at a URL. Ada is signed in and has a direct conversation with Bob.
 * @param {string} url
 * @param {any} [me]
 * @param {any} [state] of this entry in the history
 */
function browserAt(url, me = ada, state = null) {
	const location = { pathname: "", search: "", hash: "", reload: () => moves.push("reload") };
	const moveTo = (/** @type {string} */ to) => {
		const [path = "", fragment] = to.split("#");
		const [pathname = "", query] = path.split("?");
		Object.assign(location, { pathname, search: query ? `?${query}` : "", hash: fragment ? `#${fragment}` : "" });
	};
	moveTo(url);
	/** @type {string[]} */
	const moves = [];
	/** @type {() => void} */
	let back = () => {};
	const history = {
		state,
		pushState: (/** @type {any} */ _state, /** @type {string} */ _title, /** @type {string} */ to) => {
			moves.push(`push ${to}`);
			moveTo(to);
		},
		replaceState: (/** @type {any} */ newState, /** @type {string} */ _title, /** @type {string} */ to) => {
			history.state = newState;
			moves.push(`replace ${to}`);
			moveTo(to);
		},
	};
	const world = new World(new Outbox(new MemoryStore()));
	if (me) world.session.signIn(me);
	/** @type {string[]} */
	const refused = [];
	world.on("refused", ({ code }) => refused.push(code));
	const find = async (/** @type {{name: string, user?: string}} */ { name, user }) => {
		if (user && user !== ada.id) return directId(ada.id, user);
		if (name !== "Bob") throw new Refusal({ code: "unknown_name", message: "" });
		world.persons.update([bob]);
		return "@user-ada~user-bob";
	};
	const addEventListener = (/** @type {string} */ _name, /** @type {() => void} */ listener) => {
		back = listener;
	};
	const router = new Router(world, /** @type {any} */ ({ location, history, addEventListener }), find);
	router.start();
	const goBackTo = (/** @type {string} */ to) => {
		moveTo(to);
		back();
	};
	return { world, router, history, moves, goBackTo, refused };
}

test("a URL path is a channel", () => {
	assert.equal(channelAt("/"), "#ting");
	assert.equal(channelAt("/music"), "#music");
	assert.equal(channelAt("/m%75sic"), "#music");
	assert.equal(channelAt("/a.b_c-9"), "#a.b_c-9");
});

test("capitals in a URL lead to the same channel, and the URL is corrected", () => {
	const { world, moves } = browserAt("/MuSic");
	assert.equal(world.current?.id, "#music");
	assert.deepEqual(moves, ["replace /music"]);
});

test("a slash after a channel is left out", () => {
	for (const path of ["/music/", "/Music//"]) {
		const { world, moves } = browserAt(path);
		assert.equal(world.current?.id, "#music", path);
		assert.deepEqual(moves, ["replace /music"], path);
	}
});

test("a channel name can have letters of any script, and the URL is corrected to its canonical form", () => {
	const encoded = `/${encodeURIComponent("μουσική")}`;
	assert.equal(browserAt(encoded).world.current?.id, "#μουσική");
	assert.deepEqual(browserAt(encoded).moves, []);
	assert.deepEqual(browserAt(`/${encodeURIComponent("Μουσική")}`).moves, [`replace ${encoded}`]);
	assert.equal(channelAt("/Cafe%CC%81"), "#café");
});

test("a channel whose name looks like that of another one leads to that one", () => {
	const { world, router, moves, refused } = browserAt("/%CE%B1%CE%B3%CE%BF%CF%81%CE%B1");
	router.conversationUnknown("#αγορα", new Refusal({ code: "similar_channel", message: "", conversation: "#αγορά" }));
	assert.equal(world.current?.id, "#αγορά");
	assert.deepEqual(moves, [`replace /${encodeURIComponent("αγορά")}`]);
	assert.deepEqual(refused, []);
});

test("a channel that the server does not accept leads to the default channel, with the reason", () => {
	const { world, router, refused } = browserAt("/music");
	router.conversationUnknown("#other", new Refusal({ code: "bad_conversation", message: "" }));
	assert.equal(world.current?.id, "#music");
	router.conversationUnknown("#music", new Refusal({ code: "bad_conversation", message: "" }));
	assert.equal(world.current?.id, "#ting");
	assert.equal(refused.length, 1);
});

test("at a URL without a channel there is nothing, and the default channel is open below", () => {
	const bad = [
		"/a/b",
		"/a/b/",
		"//",
		"/a b",
		"/%",
		"/μουσική☺",
		`/${"x".repeat(21)}`,
		"/.",
		"/..",
		"/api",
		"/sw.js",
		"/settings/x",
	];
	for (const path of bad) {
		const { world, moves } = browserAt(path);
		assert.equal(world.current?.id, "#ting", path);
		assert.deepEqual(world.place, { kind: "nowhere", path }, path);
		assert.equal(urlOf({ kind: "nowhere", path }), path);
		assert.equal(world.showsConversation, false);
		assert.deepEqual(moves, [], path);
	}
});

test("a canonical URL stays as it is", () => {
	assert.deepEqual(browserAt("/music").moves, []);
	assert.deepEqual(browserAt("/ting").moves, []);
});

test("opening a channel adds one history entry", () => {
	const { world, router, moves, goBackTo } = browserAt("/");
	router.open({ kind: "channel", id: "#music" });
	router.open({ kind: "channel", id: "#music" });
	assert.deepEqual(moves, ["push /music"]);
	assert.equal(world.current?.id, "#music");
	goBackTo("/");
	assert.equal(world.current?.id, "#ting");
	assert.equal(pathOf("#ting"), "/");
});

test("a URL with a message scrolls to it every time", () => {
	const { world, router, moves } = browserAt(`/music?m=${MESSAGE}`);
	assert.equal(world.current?.target, MESSAGE);
	world.conversation("#music").target = null;
	router.open(world.placeFor("#music", MESSAGE));
	assert.equal(world.current?.target, MESSAGE);
	assert.deepEqual(moves, []);
	world.clear();
	assert.equal(world.current?.target, MESSAGE, "the target survives sign-in");
	assert.equal(browserAt("/music?m=<b>").world.current?.target, null);
});

test("the URL of a user is the direct conversation with the user", async () => {
	const { world, moves } = browserAt("/u/Bob");
	await settled();
	assert.equal(world.current?.id, "@user-ada~user-bob");
	assert.deepEqual(moves, []);
	assert.deepEqual(world.placeFor("@user-ada~user-bob"), {
		kind: "direct",
		name: "Bob",
		user: "user-bob",
		message: undefined,
	});
	assert.equal(urlOf({ kind: "direct", name: "a/b?c" }), "/u/a%2Fb%3Fc");
	assert.deepEqual(placeAt({ pathname: "/u/a%2Fb%3Fc", search: "" }), { kind: "direct", name: "a/b?c" });
});

test("a direct conversation with a deleted user has a URL with the id: the name may be taken again", async () => {
	const gone = { id: "0123456789abcdef0123", name: "", former: true };
	const id = directId(ada.id, gone.id);
	const { world, router, moves } = browserAt(`/u/~${gone.id}`);
	await settled();
	assert.equal(world.current?.id, id);
	world.persons.update([gone]);
	assert.deepEqual(moves, []);
	router.open({ kind: "direct", name: "Bob" });
	await settled();
	world.persons.update([{ ...bob, former: true, id: "user-bob" }]);
	assert.equal(moves.at(-1), "replace /u/~user-bob", "a user who is deleted while the conversation is open");
	router.open(world.placeFor(id));
	assert.equal(moves.at(-1), `push /u/~${gone.id}`);
});

test("the URL follows the new name of the other user", async () => {
	const { world, moves } = browserAt("/u/Bob");
	await settled();
	world.persons.update([{ ...bob, name: "Robert" }]);
	assert.deepEqual(moves, ["replace /u/Robert"]);
	assert.equal(world.place?.kind === "direct" && world.place.name, "Robert");
});

test("a listed direct conversation opens at once; for any other, input waits until it is found", async () => {
	const { world, router } = browserAt("/music");
	const changes = /** @type {unknown[]} */ ([]);
	world.on("resolving", () => changes.push([world.isResolving, world.current?.id]));
	router.open({ kind: "direct", name: "Bob" });
	await settled();
	const id = "@user-ada~user-bob";
	assert.deepEqual(changes.splice(0), [
		[true, "#music"],
		[false, "#music"],
	]);
	assert.equal(world.current?.id, id);
	router.open({ kind: "channel", id: "#music" });
	router.open(directWith(bob));
	assert.equal(world.current?.id, id, "a known user is not looked up");
	router.open({ kind: "channel", id: "#music" });
	world.conversationList.put({ conversation: id, with: bob, head: 0, read: 0, active: 1 });
	router.open({ kind: "direct", name: "Bob" });
	assert.equal(world.current?.id, id);
	router.open({ kind: "channel", id: "#music" });
	world.persons.update([{ ...bob, id: "another-user" }]);
	router.open({ ...directWith({ id: ada.id, name: "Ada" }) });
	await settled();
	assert.equal(world.current?.id, "#music", "users have no direct conversation with themselves");
	router.open({ kind: "direct", name: "nobody" });
	router.open({ kind: "channel", id: "#music" });
	assert.equal(world.isResolving, false);
	await settled();
	assert.equal(world.current?.id, "#music");
});

test("a direct conversation opens once the session is known", async () => {
	const { world } = browserAt("/u/Bob", /** @type {any} */ (null));
	await settled();
	const current = () => world.current?.id;
	assert.equal(current(), undefined);
	world.session.signIn(ada);
	await settled();
	assert.equal(current(), "@user-ada~user-bob");
});

test("a new sign-in during a search that was opened from a direct conversation opens the default channel", async () => {
	const { world, router } = browserAt("/u/Bob");
	await settled();
	router.open({ kind: "search", query: { q: "tea" } });
	world.session.end("ended");
	world.clear();
	world.session.signIn(ada);
	assert.deepEqual([world.place?.kind, world.current?.id], ["search", "#ting"]);
});

test("an unknown user leads back to the previous conversation with an error", async () => {
	const { world, router, moves, refused } = browserAt("/music");
	router.open({ kind: "direct", name: "nobody" });
	await settled();
	assert.equal(world.current?.id, "#music");
	assert.deepEqual(moves, ["push /u/nobody", "replace /music"]);
	assert.deepEqual(refused, ["unknown_name"]);
});

test("a search leaves the conversation open", () => {
	const { world, router, moves, goBackTo } = browserAt("/music");
	const music = world.current;
	router.open({ kind: "search", query: { q: "τι λες", in: "#music" } });
	assert.equal(world.current, music);
	assert.equal(world.showsConversation, false);
	assert.deepEqual(moves, ["push /search?q=%CF%84%CE%B9+%CE%BB%CE%B5%CF%82&in=%23music"]);
	goBackTo("/music");
	assert.equal(world.showsConversation, true);
	const place = placeAt({ pathname: "/search", search: "?q=a&in=%23music&from=bob&x=1" });
	assert.deepEqual(place, { kind: "search", query: { q: "a", in: "#music", from: "bob" } });
});

test("nicknames are Latin or Greek letters, digits and symbols, 1 to 20 of them", () => {
	for (const name of ["a", "Ada", "Ωμέγα", "Ζωή_9", "naïve", "\\|'\"`;:", "x".repeat(20)]) {
		assert.equal(nicknameFault(name), null, name);
	}
	assert.equal(nicknameFault(""), "empty");
	assert.equal(nicknameFault("x".repeat(21)), "long");
	for (const name of [".", ".."]) assert.equal(nicknameFault(name), "dots", name);
	for (const name of ["a b", "<a>", "Жук", "名", "a\u200bb", "🙂", "ada\u0301\u0301", "ａ"])
		assert.equal(nicknameFault(name), "characters", name);
});

test("an invitation is taken from the URL and removed there", () => {
	const { world, moves } = browserAt("/#invitation=a-b_C1");
	assert.equal(world.invitation, "a-b_C1");
	assert.deepEqual(moves, ["replace /"]);
	assert.equal(browserAt("/#invitation=<script>").world.invitation, null);
});

test("each section of the settings has a URL", () => {
	const { world, router, moves } = browserAt("/settings#devices");
	assert.deepEqual(world.place, { kind: "settings", section: "devices" });
	router.open({ kind: "settings", section: "password" });
	router.open({ kind: "settings", section: "" });
	assert.deepEqual(moves, ["push /settings#password", "push /settings"]);
	assert.equal(world.current?.id, "#ting", "there is a conversation to go back to");
});

test("a reload keeps the place and the opened invitation", () => {
	const invited = browserAt("/music?m=1#invitation=t0ken");
	invited.router.reload();
	assert.deepEqual(invited.moves.slice(-2), ["replace /music?m=1#invitation=t0ken", "reload"]);
	const { router, moves } = browserAt("/settings#looks");
	router.reload();
	assert.deepEqual(moves.slice(-2), ["replace /settings#looks", "reload"]);
});

test("a reload of the sign-in form keeps the nickname, once", () => {
	const before = browserAt("/settings#looks", null);
	before.world.nickname = "Eleni";
	before.router.reload();
	const after = browserAt("/settings#looks", null, before.history.state);
	assert.equal(after.world.nickname, "Eleni");
	assert.deepEqual([after.history.state, after.moves], [null, ["replace /settings#looks"]]);
});
