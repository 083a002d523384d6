import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SessionController } from "../../static/js/controller/app/session-controller.js";
import { EventDispatcher } from "../../static/js/controller/sync/event-dispatcher.js";
import { Emitter } from "../../static/js/model/base/emitter.js";
import { Refusal } from "../../static/js/model/base/refusal.js";
import { Outbox } from "../../static/js/model/conversation/outbox.js";
import { World } from "../../static/js/model/world.js";
import { ada, bob, eve, fakeTimers, MemoryStore, message, settled } from "./support.js";

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

const noSession = () => new Refusal({ code: "no_session", message: "Enter first." });

function door() {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const rest = {
		/** @type {any} */
		answer: noSession(),
		/** @type {any} */
		goodbye: undefined,
		enter: async () => ada,
		async leave() {
			this.answer = noSession();
			if (this.goodbye) throw this.goodbye;
		},
		async whoAmI() {
			if (this.answer instanceof Error) throw this.answer;
			return this.answer;
		},
	};
	const entrance = new SessionController(world, rest, socket, () => 1);
	world.open("#ting");
	return { world, socket, rest, entrance };
}

/** Who keeps what the inbox hears, and is not asked here. */
const keepers = {
	sync: { hear: () => {}, dismissed: () => {} },
	lister: { put: () => {}, hear: () => {} },
	reader: { hear: () => {} },
};

test("without a session the enter screen is shown", async () => {
	const { world, socket, entrance } = door();
	await entrance.start();
	assert.deepEqual([world.session.state, socket.running], ["outside", false]);
});

test("a session keeps me in, and opens my outbox", async () => {
	const { world, socket, rest, entrance } = door();
	rest.answer = ada;
	await entrance.start();
	assert.deepEqual([world.session.me, world.outbox.user, socket.running], [ada, ada.id, true]);
});

test("while nobody answers it asks again", async () => {
	const { world, rest, entrance } = door();
	rest.answer = Refusal.offline();
	const started = entrance.start();
	await settled();
	assert.equal(world.session.state, "unknown");
	rest.answer = ada;
	mock.timers.tick(500);
	await started;
	assert.equal(world.session.state, "inside");
});

test("leaving closes everything that was mine", async () => {
	const { world, socket, entrance } = door();
	await entrance.enter("Ada");
	world.conversation("#ting").timeline.merge([message({ seq: 1 })]);
	await entrance.leave();
	assert.deepEqual([world.session.state, socket.running, world.outbox.user], ["outside", false, null]);
	assert.deepEqual(world.current?.timeline.messages, []);
});

test("who leaves is told good-bye, even if the end of the websocket is heard first", async () => {
	const { world, socket, rest, entrance } = door();
	await entrance.enter("Ada");
	const { leave } = rest;
	rest.leave = async () => {
		await leave.call(rest);
		socket.emit("ended");
		await settled();
	};
	await entrance.leave();
	assert.deepEqual(world.session.farewell, { how: "left", name: "Ada", hasPassword: false });
	world.session.comeBack();
	assert.equal(world.session.farewell?.how, "back");
});

test("leaving where the session had ended is leaving, too; without a network nobody leaves", async () => {
	const { world, rest, entrance } = door();
	await entrance.enter("Ada");
	rest.goodbye = Refusal.offline();
	await assert.rejects(entrance.leave(), { code: "offline" });
	assert.equal(world.session.state, "inside");
	rest.goodbye = noSession();
	await entrance.leave();
	assert.equal(world.session.farewell?.how, "left");
});

test("a session that was ended elsewhere leads out, and it is remembered whose it was", async () => {
	const { world, socket, entrance } = door();
	await entrance.enter("Ada");
	world.session.learn({ ...ada, has_password: true });
	socket.emit("ended");
	await settled();
	assert.deepEqual(world.session.farewell, { how: "ended", name: "Ada", hasPassword: true });
	await entrance.enter("Ada");
	assert.equal(world.session.farewell, null);
});

test("who was never in is not told good-bye", async () => {
	const { world, entrance } = door();
	await entrance.start();
	assert.equal(world.session.farewell, null);
});

test("a websocket that is refused because the session ended leads out", async () => {
	const { world, socket, entrance } = door();
	await entrance.enter("Ada");
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "outside");
});

test("a broken network does not lead out", async () => {
	const { world, socket, rest, entrance } = door();
	await entrance.enter("Ada");
	rest.answer = Refusal.offline();
	socket.emit("down", { code: 1006, welcomed: false });
	await settled();
	assert.equal(world.session.state, "inside");
});

test("a connection that is somebody else's makes me that person, with nothing of mine", async () => {
	const { world, socket, entrance } = door();
	await entrance.enter("Ada");
	world.outbox.add("#ting", "Ada's");
	socket.emit("live", { me: eve });
	await settled();
	assert.equal(world.session.me, eve);
	assert.deepEqual(world.outbox.of("#ting"), []);
});

test("people come and go as sets, topics change, notices are private lines, unknown words are ignored", () => {
	const { world, socket } = door();
	new EventDispatcher(world, socket, keepers);
	const conversation = world.conversation("#ting");
	conversation.people.replace([ada]);
	const came = { type: "presence", conversation: "#ting", came: [ada, bob], went: [eve.id] };
	socket.emit("frame", came);
	socket.emit("frame", came);
	socket.emit("frame", { type: "conversation", conversation: "#ting", topic: "songs" });
	socket.emit("frame", { type: "notice", conversation: "#ting", text: "psst" });
	socket.emit("frame", { type: "fireworks", conversation: "#ting" });
	assert.deepEqual(
		conversation.people.all.map(({ name }) => name),
		["Ada", "Bob"],
	);
	assert.equal(conversation.topic, "songs");
	assert.deepEqual(
		conversation.lines.map(({ text }) => text),
		["psst"],
	);
});

test("what I changed on another device is known here", async () => {
	const { world, socket, entrance } = door();
	new EventDispatcher(world, socket, keepers);
	await entrance.enter("Ada");
	socket.emit("frame", { type: "me", me: { ...ada, has_password: true } });
	assert.equal(world.session.me?.has_password, true);
	socket.emit("frame", { type: "me", me: eve });
	assert.equal(world.session.me?.name, "Ada");
});

test("a message of mine that arrives is acknowledged, even if the acknowledgement was lost", async () => {
	const { world, socket, entrance } = door();
	new EventDispatcher(world, socket, keepers);
	await entrance.enter("Ada");
	const entry = world.outbox.add("#ting", "hello");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: bob.id, name: bob.name } }));
	assert.equal(world.outbox.of("#ting").length, 1, "somebody else's is not mine");
	socket.emit("frame", message({ seq: 1, id: String(entry?.id), author: { id: ada.id, name: ada.name } }));
	assert.equal(world.outbox.of("#ting").length, 0);
});

test("who is banned is led out and told why, whether it is heard or found out", async () => {
	const ban = { reason: "shouting", until: 5000 };
	const { world, socket, rest, entrance } = door();
	new EventDispatcher(world, socket, keepers);
	await entrance.enter("Ada");
	socket.emit("frame", { type: "removed", how: "banned", ...ban });
	assert.deepEqual(world.session.farewell, { how: "banned", name: "Ada", hasPassword: false, ban });
	const later = door();
	later.rest.answer = new Refusal({ code: "banned", message: "…", reason: "shouting" });
	await later.entrance.start();
	assert.deepEqual(later.world.session.farewell?.ban, { reason: "shouting", until: null });
	assert.equal(rest.answer.code, "no_session");
});

test("an invitation that is over is not shown a second time", async () => {
	const { world, rest, entrance } = door();
	/** @type {(string | undefined)[]} */
	const shown = [];
	rest.enter = /** @type {any} */ (
		async (/** @type {{invitation?: string}} */ { invitation }) => {
			shown.push(invitation);
			if (invitation) throw new Refusal({ code: "bad_invitation", message: "" });
			return ada;
		}
	);
	world.invitation = "0ld";
	await assert.rejects(entrance.enter("Ada"), { code: "bad_invitation" });
	await entrance.enter("Ada");
	assert.deepEqual(shown, ["0ld", undefined]);
});

test("an invitation is used by who is new, and kept for after signing in by who is not", async () => {
	const { world, rest, entrance } = door();
	/** @type {any[]} */
	const entries = [];
	/** @type {any} */ (rest).enter = async (/** @type {any} */ entry) => {
		entries.push(entry);
		return ada;
	};
	world.invitation = "t0ken";
	await entrance.enter("Ada", "correct horse");
	assert.equal(world.invitation, "t0ken");
	await entrance.enter("Ada", "correct horse", true);
	assert.equal(world.invitation, null);
	await entrance.enter("Ada");
	assert.deepEqual(entries, [
		{ name: "Ada", password: "correct horse" },
		{ name: "Ada", password: "correct horse", create: true, invitation: "t0ken" },
		{ name: "Ada" },
	]);
});
