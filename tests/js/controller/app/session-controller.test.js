import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SessionController } from "../../../../static/js/controller/app/session-controller.js";
import { EventDispatcher } from "../../../../static/js/controller/sync/event-dispatcher.js";
import { Emitter } from "../../../../static/js/model/base/emitter.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, eve, fakeTimers, MemoryStore, message, settled } from "../../support.js";

beforeEach(fakeTimers);

/** @extends {Emitter<any>} */
class FakeSocket extends Emitter {
	running = false;
	start() {
		this.running = true;
	}
	stop() {
		this.running = false;
	}
}

const noSession = () => new Refusal({ code: "no_session", message: "Sign in first." });

function setUp() {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const api = {
		/** @type {any} */
		answer: noSession(),
		/** @type {any} */
		signOutError: undefined,
		signIn: async () => ada,
		async signOut() {
			this.answer = noSession();
			if (this.signOutError) throw this.signOutError;
		},
		async currentUser() {
			if (this.answer instanceof Error) throw this.answer;
			return this.answer;
		},
	};
	const sessionController = new SessionController(world, api, socket, () => 1);
	world.open("#ting");
	return { world, socket, api, sessionController };
}

/** Handlers of the event dispatcher that these tests do not use. */
const handlers = {
	conversationSync: { receive: () => {}, removed: () => {} },
	listSync: { put: () => {}, receive: () => {} },
	readTracker: { receive: () => {} },
};

test("without a session the sign-in form is shown", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.start();
	assert.deepEqual([world.session.state, socket.running], ["signedOut", false]);
});

test("without a session the server may answer null, which is no error", async () => {
	const { world, socket, api, sessionController } = setUp();
	api.answer = null;
	await sessionController.start();
	assert.deepEqual([world.session.state, socket.running], ["signedOut", false]);
	await sessionController.signIn("Ada");
	socket.emit("ended");
	await settled();
	assert.equal(world.session.farewell?.how, "ended");
});

test("a sign-in that is refused because of a ban shows the ban, and the way to another account", async () => {
	const { world, api, sessionController } = setUp();
	api.answer = null;
	await sessionController.start();
	world.session.refuseBanned({ reason: "spam", until: null });
	assert.equal(world.session.farewell?.how, "banned");
	world.session.dismissFarewell();
	assert.deepEqual([world.session.farewell?.how, world.session.farewell?.ban?.reason], ["back", "spam"]);
	await sessionController.signIn("Ada");
	world.session.refuseBanned({ reason: "late", until: null });
	assert.equal(world.session.state, "signedIn");
});

test("a session signs the user in and opens the outbox", async () => {
	const { world, socket, api, sessionController } = setUp();
	api.answer = ada;
	await sessionController.start();
	assert.deepEqual([world.session.me, world.outbox.user, socket.running], [ada, ada.id, true]);
});

test("without an answer the session is requested again", async () => {
	const { world, api, sessionController } = setUp();
	api.answer = Refusal.offline();
	const started = sessionController.start();
	await settled();
	assert.equal(world.session.state, "unknown");
	api.answer = ada;
	mock.timers.tick(500);
	await started;
	assert.equal(world.session.state, "signedIn");
});

test("signing out drops everything of the user", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.conversation("#ting").timeline.merge([message({ seq: 1 })]);
	await sessionController.signOut();
	assert.deepEqual([world.session.state, socket.running, world.outbox.user], ["signedOut", false, null]);
	assert.deepEqual(world.current?.timeline.messages, []);
});

test("a sign-out shows its farewell, even if the websocket is closed first", async () => {
	const { world, socket, api, sessionController } = setUp();
	await sessionController.signIn("Ada");
	const { signOut } = api;
	api.signOut = async () => {
		await signOut.call(api);
		socket.emit("ended");
		await settled();
	};
	await sessionController.signOut();
	assert.deepEqual(world.session.farewell, { how: "left", name: "Ada", hasPassword: false });
	world.session.dismissFarewell();
	assert.equal(world.session.farewell?.how, "back");
});

test("signing out of an ended session counts as signing out; without a network it fails", async () => {
	const { world, api, sessionController } = setUp();
	await sessionController.signIn("Ada");
	api.signOutError = Refusal.offline();
	await assert.rejects(sessionController.signOut(), { code: "offline" });
	assert.equal(world.session.state, "signedIn");
	api.signOutError = noSession();
	await sessionController.signOut();
	assert.equal(world.session.farewell?.how, "left");
});

test("a session that was ended on another device signs the user out, and the farewell names the user", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.session.update({ ...ada, has_password: true });
	socket.emit("ended");
	await settled();
	assert.deepEqual(world.session.farewell, { how: "ended", name: "Ada", hasPassword: true });
	await sessionController.signIn("Ada");
	assert.equal(world.session.farewell, null);
});

test("a user who was never signed in gets no farewell", async () => {
	const { world, sessionController } = setUp();
	await sessionController.start();
	assert.equal(world.session.farewell, null);
});

test("a websocket that is refused because the session ended signs the user out", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "signedOut");
});

test("a broken network does not sign the user out", async () => {
	const { world, socket, api, sessionController } = setUp();
	await sessionController.signIn("Ada");
	api.answer = Refusal.offline();
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "signedIn");
});

test("a connection of another user signs that user in, without the data of the previous one", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.outbox.add("#ting", "Ada's");
	socket.emit("live", { me: eve });
	await settled();
	assert.equal(world.session.me, eve);
	assert.deepEqual(world.outbox.entriesFor("#ting"), []);
});

test("frames update presence, topic and notices, and unknown frames are ignored", () => {
	const { world, socket } = setUp();
	new EventDispatcher(world, socket, handlers);
	const conversation = world.conversation("#ting");
	conversation.participants.replace([ada]);
	const presence = { type: "presence", conversation: "#ting", came: [ada, bob], went: [eve.id] };
	socket.emit("frame", presence);
	socket.emit("frame", presence);
	socket.emit("frame", { type: "conversation", conversation: "#ting", topic: "songs" });
	socket.emit("frame", { type: "notice", conversation: "#ting", text: "psst" });
	socket.emit("frame", { type: "fireworks", conversation: "#ting" });
	assert.deepEqual(
		conversation.participants.all.map(({ name }) => name),
		["Ada", "Bob"],
	);
	assert.equal(conversation.topic, "songs");
	assert.deepEqual(
		conversation.notices.map(({ text }) => text),
		["psst"],
	);
});

test("account changes from another device are applied, those of another user are not", async () => {
	const { world, socket, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	socket.emit("frame", { type: "me", me: { ...ada, has_password: true } });
	assert.equal(world.session.me?.has_password, true);
	socket.emit("frame", { type: "me", me: eve });
	assert.equal(world.session.me?.name, "Ada");
});

test("a message of the user that arrives leaves the outbox, even if the acknowledgement was lost", async () => {
	const { world, socket, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	const entry = world.outbox.add("#ting", "hello");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: bob.id, name: bob.name } }));
	assert.equal(world.outbox.entriesFor("#ting").length, 1, "a message of another user does not count");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: ada.id, name: ada.name } }));
	assert.equal(world.outbox.entriesFor("#ting").length, 0);
});

test("a banned user is signed out with the reason, from a frame or from the session request", async () => {
	const ban = { reason: "shouting", until: 5000 };
	const { world, socket, api, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	socket.emit("frame", { type: "removed", how: "banned", ...ban });
	assert.deepEqual(world.session.farewell, { how: "banned", name: "Ada", hasPassword: false, ban });
	const later = setUp();
	later.api.answer = new Refusal({ code: "banned", message: "…", reason: "shouting" });
	await later.sessionController.start();
	assert.deepEqual(later.world.session.farewell?.ban, { reason: "shouting", until: null });
	assert.equal(api.answer.code, "no_session");
});

test("an invalid invitation is not sent a second time", async () => {
	const { world, api, sessionController } = setUp();
	/** @type {(string | undefined)[]} */
	const sent = [];
	api.signIn = /** @type {any} */ (
		async (/** @type {{invitation?: string}} */ { invitation }) => {
			sent.push(invitation);
			if (invitation) throw new Refusal({ code: "bad_invitation", message: "" });
			return ada;
		}
	);
	world.invitation = "0ld";
	await assert.rejects(sessionController.signIn("Ada"), { code: "bad_invitation" });
	await sessionController.signIn("Ada");
	assert.deepEqual(sent, ["0ld", undefined]);
});

test("registration sends the invitation; sign-in keeps it for afterwards", async () => {
	const { world, api, sessionController } = setUp();
	/** @type {any[]} */
	const entries = [];
	/** @type {any} */ (api).signIn = async (/** @type {any} */ entry) => {
		entries.push(entry);
		return ada;
	};
	world.invitation = "t0ken";
	await sessionController.signIn("Ada", "correct horse");
	assert.equal(world.invitation, "t0ken");
	await sessionController.signIn("Ada", "correct horse", true);
	assert.equal(world.invitation, null);
	await sessionController.signIn("Ada");
	assert.deepEqual(entries, [
		{ name: "Ada", password: "correct horse" },
		{ name: "Ada", password: "correct horse", create: true, invitation: "t0ken" },
		{ name: "Ada" },
	]);
});
