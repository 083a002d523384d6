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
	const rest = {
		/** @type {any} */
		answer: noSession(),
		/** @type {any} */
		goodbye: undefined,
		signIn: async () => ada,
		async signOut() {
			this.answer = noSession();
			if (this.goodbye) throw this.goodbye;
		},
		async currentUser() {
			if (this.answer instanceof Error) throw this.answer;
			return this.answer;
		},
	};
	const sessionController = new SessionController(world, rest, socket, () => 1);
	world.open("#ting");
	return { world, socket, rest, sessionController };
}

/** Handlers of the event dispatcher that these tests do not use. */
const handlers = {
	conversationSync: { receive: () => {}, removed: () => {} },
	listSync: { put: () => {}, receive: () => {} },
	readTracker: { receive: () => {} },
};

test("without a session the enter screen is shown", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.start();
	assert.deepEqual([world.session.state, socket.running], ["signedOut", false]);
});

test("a session keeps me in, and opens my outbox", async () => {
	const { world, socket, rest, sessionController } = setUp();
	rest.answer = ada;
	await sessionController.start();
	assert.deepEqual([world.session.me, world.outbox.user, socket.running], [ada, ada.id, true]);
});

test("while nobody answers it asks again", async () => {
	const { world, rest, sessionController } = setUp();
	rest.answer = Refusal.offline();
	const started = sessionController.start();
	await settled();
	assert.equal(world.session.state, "unknown");
	rest.answer = ada;
	mock.timers.tick(500);
	await started;
	assert.equal(world.session.state, "signedIn");
});

test("leaving closes everything that was mine", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.conversation("#ting").timeline.merge([message({ seq: 1 })]);
	await sessionController.signOut();
	assert.deepEqual([world.session.state, socket.running, world.outbox.user], ["signedOut", false, null]);
	assert.deepEqual(world.current?.timeline.messages, []);
});

test("who leaves is told good-bye, even if the end of the websocket is heard first", async () => {
	const { world, socket, rest, sessionController } = setUp();
	await sessionController.signIn("Ada");
	const { signOut } = rest;
	rest.signOut = async () => {
		await signOut.call(rest);
		socket.emit("ended");
		await settled();
	};
	await sessionController.signOut();
	assert.deepEqual(world.session.farewell, { how: "left", name: "Ada", hasPassword: false });
	world.session.dismissFarewell();
	assert.equal(world.session.farewell?.how, "back");
});

test("leaving where the session had ended is leaving, too; without a network nobody leaves", async () => {
	const { world, rest, sessionController } = setUp();
	await sessionController.signIn("Ada");
	rest.goodbye = Refusal.offline();
	await assert.rejects(sessionController.signOut(), { code: "offline" });
	assert.equal(world.session.state, "signedIn");
	rest.goodbye = noSession();
	await sessionController.signOut();
	assert.equal(world.session.farewell?.how, "left");
});

test("a session that was ended elsewhere leads out, and it is remembered whose it was", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.session.update({ ...ada, has_password: true });
	socket.emit("ended");
	await settled();
	assert.deepEqual(world.session.farewell, { how: "ended", name: "Ada", hasPassword: true });
	await sessionController.signIn("Ada");
	assert.equal(world.session.farewell, null);
});

test("who was never in is not told good-bye", async () => {
	const { world, sessionController } = setUp();
	await sessionController.start();
	assert.equal(world.session.farewell, null);
});

test("a websocket that is refused because the session ended leads out", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "signedOut");
});

test("a broken network does not lead out", async () => {
	const { world, socket, rest, sessionController } = setUp();
	await sessionController.signIn("Ada");
	rest.answer = Refusal.offline();
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "signedIn");
});

test("a connection that is somebody else's makes me that person, with nothing of mine", async () => {
	const { world, socket, sessionController } = setUp();
	await sessionController.signIn("Ada");
	world.outbox.add("#ting", "Ada's");
	socket.emit("live", { me: eve });
	await settled();
	assert.equal(world.session.me, eve);
	assert.deepEqual(world.outbox.entriesFor("#ting"), []);
});

test("people come and go as sets, topics change, notices are private lines, unknown words are ignored", () => {
	const { world, socket } = setUp();
	new EventDispatcher(world, socket, handlers);
	const conversation = world.conversation("#ting");
	conversation.participants.replace([ada]);
	const came = { type: "presence", conversation: "#ting", came: [ada, bob], went: [eve.id] };
	socket.emit("frame", came);
	socket.emit("frame", came);
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

test("what I changed on another device is known here", async () => {
	const { world, socket, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	socket.emit("frame", { type: "me", me: { ...ada, has_password: true } });
	assert.equal(world.session.me?.has_password, true);
	socket.emit("frame", { type: "me", me: eve });
	assert.equal(world.session.me?.name, "Ada");
});

test("a message of mine that arrives is acknowledged, even if the acknowledgement was lost", async () => {
	const { world, socket, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	const entry = world.outbox.add("#ting", "hello");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: bob.id, name: bob.name } }));
	assert.equal(world.outbox.entriesFor("#ting").length, 1, "somebody else's is not mine");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: ada.id, name: ada.name } }));
	assert.equal(world.outbox.entriesFor("#ting").length, 0);
});

test("who is banned is led out and told why, whether it is heard or found out", async () => {
	const ban = { reason: "shouting", until: 5000 };
	const { world, socket, rest, sessionController } = setUp();
	new EventDispatcher(world, socket, handlers);
	await sessionController.signIn("Ada");
	socket.emit("frame", { type: "removed", how: "banned", ...ban });
	assert.deepEqual(world.session.farewell, { how: "banned", name: "Ada", hasPassword: false, ban });
	const later = setUp();
	later.rest.answer = new Refusal({ code: "banned", message: "…", reason: "shouting" });
	await later.sessionController.start();
	assert.deepEqual(later.world.session.farewell?.ban, { reason: "shouting", until: null });
	assert.equal(rest.answer.code, "no_session");
});

test("an invitation that is over is not shown a second time", async () => {
	const { world, rest, sessionController } = setUp();
	/** @type {(string | undefined)[]} */
	const shown = [];
	rest.signIn = /** @type {any} */ (
		async (/** @type {{invitation?: string}} */ { invitation }) => {
			shown.push(invitation);
			if (invitation) throw new Refusal({ code: "bad_invitation", message: "" });
			return ada;
		}
	);
	world.invitation = "0ld";
	await assert.rejects(sessionController.signIn("Ada"), { code: "bad_invitation" });
	await sessionController.signIn("Ada");
	assert.deepEqual(shown, ["0ld", undefined]);
});

test("an invitation is used by who is new, and kept for after signing in by who is not", async () => {
	const { world, rest, sessionController } = setUp();
	/** @type {any[]} */
	const entries = [];
	/** @type {any} */ (rest).signIn = async (/** @type {any} */ entry) => {
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
