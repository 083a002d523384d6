import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { ConversationSync, RELOAD_GAP } from "../../../../static/js/controller/sync/conversation-sync.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { FakeSocket, fakeTimers, MemoryStore, message, randomFrom, settled, shuffled } from "../../support.js";
import { FakeServer } from "./fake-server.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Message} Message */

beforeEach(fakeTimers);

function setUp(server = new FakeServer()) {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const conversationSync = new ConversationSync(world, socket, server, () => 1);
	world.open("#ting");
	const conversation = world.conversation("#ting");
	const join = () => socket.answer("join", { topic: "t", head: server.head, people: [] });
	const connectAndJoin = async () => {
		await socket.connect();
		await join();
	};
	return { world, socket, conversationSync, conversation, server, join, connectAndJoin };
}

/** @param {import("../../../../static/js/model/conversation/conversation.js").Conversation} conversation */
const texts = ({ timeline }) => timeline.messages.map(({ text }) => text);

/** @param {FakeServer} server @param {number} [from] */
const all = (server, from = Number.NEGATIVE_INFINITY) =>
	server
		.by("position")
		.filter(({ position }) => position >= from)
		.map(({ text }) => text);

test("the first join loads the newest page and sets the cursor to the head", async () => {
	const { conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 8; count += 1) server.store();
	await connectAndJoin();
	assert.deepEqual(texts(conversation), all(server, 4));
	assert.equal(conversation.cursor.at, 8);
	assert.equal(conversation.timeline.hasOlder, true);
	assert.deepEqual(server.requests, ["history"]);
});

test("without an open conversation nothing is requested", async () => {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	new ConversationSync(world, socket, new FakeServer(), () => 1);
	await socket.connect();
	assert.deepEqual(socket.requests, []);
});

test("a reconnect with an equal head requests nothing", async () => {
	const { socket, server, connectAndJoin } = setUp();
	server.store();
	await connectAndJoin();
	await socket.disconnect();
	server.requests = [];
	await connectAndJoin();
	assert.deepEqual(server.requests, []);
});

test("a reconnect catches up page by page until the head", async () => {
	const { socket, conversation, server, connectAndJoin } = setUp();
	const old = server.store();
	await connectAndJoin();
	await socket.disconnect();
	for (let count = 0; count < 12; count += 1) server.store();
	server.edit(old);
	server.requests = [];
	await connectAndJoin();
	assert.deepEqual(server.requests, ["changes 1", "changes 6", "changes 11"]);
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.cursor.at, server.head);
});

test("a skipped seq triggers a request for the missing changes", async () => {
	const { conversationSync, conversation, server, connectAndJoin } = setUp();
	server.store();
	await connectAndJoin();
	server.store();
	conversationSync.receive(server.store());
	await settled();
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.cursor.at, 3);
});

test("seqs without a gap trigger no request", async () => {
	const { conversationSync, server, connectAndJoin } = setUp();
	await connectAndJoin();
	server.requests = [];
	for (let count = 0; count < 3; count += 1) conversationSync.receive(server.store());
	await settled();
	assert.deepEqual(server.requests, []);
});

test("a lower head drops the history and loads it again", async () => {
	const { socket, conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 4; count += 1) server.store();
	await connectAndJoin();
	await socket.disconnect();
	server.messages.clear();
	server.head = 0;
	server.store({ id: "after the restore", text: "restored" });
	await connectAndJoin();
	assert.deepEqual(texts(conversation), ["restored"]);
	assert.equal(conversation.cursor.at, 1);
});

/** @param {ReturnType<typeof setUp>} client @param {string} epoch */
async function joinIn({ socket, server }, epoch) {
	await socket.connect();
	await socket.answer("join", { topic: "t", head: server.head, epoch, people: [] });
}

test("a join names the cursor and the epoch in which it was valid", async () => {
	const client = setUp();
	client.server.store();
	await client.socket.connect();
	assert.deepEqual(client.socket.open("join")[0]?.command, { type: "join", conversation: "#ting" });
	await client.socket.answer("join", { topic: "t", head: 1, epoch: "e1", people: [] });
	await client.socket.disconnect();
	await client.socket.connect();
	const { command } = client.socket.open("join")[0] ?? {};
	assert.deepEqual(command, { type: "join", conversation: "#ting", after: 1, epoch: "e1" });
});

test("another epoch of a server whose history goes on keeps what is loaded", async () => {
	const client = setUp();
	client.server.store();
	await joinIn(client, "e1");
	await client.socket.disconnect();
	client.server.store();
	client.server.requests = [];
	await joinIn(client, "e2");
	assert.deepEqual(client.server.requests, ["changes 1"]);
	assert.equal(client.conversation.cursor.epoch, "e2");
});

test("after a restore the history is dropped and loaded anew, though the head is higher than the cursor", async () => {
	const client = setUp();
	const { world, socket, conversation, server } = client;
	for (let count = 0; count < 4; count += 1) server.store({ text: "lost" });
	await joinIn(client, "e1");
	const other = world.conversation("#music");
	other.cursor.start(7);
	conversation.readState.load(4);
	await socket.disconnect();
	server.messages.clear();
	for (let count = 0; count < 3; count += 1) server.store({ text: "restored" });

	await socket.connect();
	await socket.refuse("join", { code: "other_epoch" });
	const again = socket.open("join")[0]?.command;
	await socket.answer("join", { topic: "t", head: server.head, epoch: "e2", people: [] });

	assert.deepEqual(again, { type: "join", conversation: "#ting" });
	assert.deepEqual(texts(conversation), ["restored", "restored", "restored"]);
	assert.equal(conversation.cursor.at, server.head);
	assert.equal(other.cursor.isStarted, false);
	assert.equal(conversation.readState.mark, 0);
});

test("changes that are refused for their epoch make the client join anew", async () => {
	const client = setUp();
	const { conversationSync, socket, conversation, server } = client;
	server.store({ text: "lost" });
	await joinIn(client, "e1");
	const { changes } = server;
	server.changes = async () => {
		server.changes = changes;
		throw new Refusal({ code: "other_epoch", message: "" });
	};
	server.messages.clear();
	server.store({ text: "restored" });
	conversationSync.receive(message({ seq: 9 }));
	await settled();
	await socket.answer("join", { topic: "t", head: server.head, epoch: "e2", people: [] });
	assert.deepEqual(texts(conversation), ["restored"]);
});

test("changes that end below the cursor drop the history too", async () => {
	const { conversationSync, conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 4; count += 1) server.store();
	await connectAndJoin();
	server.messages.clear();
	server.head = 1;
	server.messages.set("r", message({ seq: 1, id: "r", text: "restored" }));
	conversationSync.receive(message({ seq: 9, id: "ghost of the old server" }));
	await settled();
	assert.deepEqual(texts(conversation), ["restored"]);
});

test("after very many missed changes the newest page is loaded instead", async () => {
	const { socket, conversation, server, connectAndJoin } = setUp();
	server.store();
	await connectAndJoin();
	await socket.disconnect();
	for (let count = 0; count < RELOAD_GAP + 1; count += 1) server.store();
	server.requests = [];
	await connectAndJoin();
	assert.deepEqual(server.requests, ["history"]);
	assert.deepEqual(texts(conversation), all(server, server.head - 4));
});

test("a change above the loaded pages moves the cursor and shows nothing", async () => {
	const { conversationSync, conversation, server, connectAndJoin } = setUp();
	const stored = Array.from({ length: 8 }, () => server.store());
	await connectAndJoin();
	conversationSync.receive(server.edit(/** @type {Message} */ (stored[0])));
	assert.equal(conversation.cursor.at, 9);
	assert.deepEqual(texts(conversation), all(server, 4));
});

test("older messages are added above, with the changes that overtook them", async () => {
	const { conversationSync, conversation, server, connectAndJoin } = setUp();
	const stored = Array.from({ length: 8 }, () => server.store());
	await connectAndJoin();
	const loading = conversationSync.loadOlder(conversation);
	conversationSync.receive(server.edit(/** @type {Message} */ (stored[1])));
	await loading;
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.timeline.hasOlder, false);
});

test("a failed load is retried after a pause, and the phase is `failed` meanwhile", async () => {
	const { conversation, server, connectAndJoin } = setUp();
	server.store();
	server.failing = true;
	await connectAndJoin();
	assert.equal(conversation.timeline.phase, "failed");
	server.failing = false;
	mock.timers.tick(1000);
	await settled();
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.timeline.phase, "ready");
});

test("opening another conversation leaves first and then joins; returning catches up", async () => {
	const { world, socket, conversation, server, connectAndJoin, join } = setUp();
	server.store();
	await connectAndJoin();
	world.open("#music");
	await settled();
	assert.deepEqual(
		socket.requests.map(({ command }) => command),
		[{ type: "leave", conversation: "#ting" }],
	);
	await socket.answer("leave", {});
	assert.equal(socket.open("join")[0]?.command.conversation, "#music");
	await socket.answer("join", { topic: "", head: 0, people: [] });
	server.store();
	world.open("#ting");
	await settled();
	await socket.answer("leave", {});
	await join();
	assert.deepEqual(texts(conversation), all(server));
});

test("a target message is loaded with the page around it, and newer pages lead to the end", async () => {
	const { world, conversationSync, conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 16; count += 1) server.store();
	world.open("#ting", "m6");
	await connectAndJoin();
	assert.deepEqual(texts(conversation), all(server).slice(3, 8));
	assert.equal(conversation.timeline.hasNewer, true);
	conversationSync.receive(server.store());
	await conversationSync.loadNewer(conversation);
	assert.deepEqual(texts(conversation), all(server).slice(3, 13));
	await conversationSync.loadNewer(conversation);
	assert.deepEqual(texts(conversation), all(server).slice(3));
	assert.equal(conversation.timeline.hasNewer, false);
	conversationSync.receive(server.store());
	assert.deepEqual(texts(conversation), all(server).slice(3));
});

test("a target message that is shown is not requested, and the newest page leads back to the end", async () => {
	const { world, conversationSync, conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 16; count += 1) server.store();
	await connectAndJoin();
	server.requests = [];
	world.open("#ting", "m14");
	await settled();
	assert.deepEqual(server.requests, []);
	world.open("#ting", "m2");
	await settled();
	assert.deepEqual(texts(conversation), all(server).slice(0, 4));
	await conversationSync.loadNewest(conversation);
	assert.deepEqual(texts(conversation), all(server).slice(-5));
});

test("a target message that does not exist leads to the end and is reported", async () => {
	const { world, conversation, server, connectAndJoin } = setUp();
	for (let count = 0; count < 8; count += 1) server.store();
	/** @type {string[]} */
	const refused = [];
	world.on("refused", ({ code }) => refused.push(code));
	world.open("#ting", "gone");
	await connectAndJoin();
	assert.deepEqual(texts(conversation), all(server, 4));
	assert.deepEqual([conversation.target, refused], [null, ["no_such_message"]]);
});

test("after any loss, repetition or reordering, the timeline converges to the server's", async () => {
	for (let seed = 1; seed <= 40; seed += 1) {
		const random = randomFrom(seed);
		const { socket, conversationSync, conversation, server, join, connectAndJoin } = setUp();
		await connectAndJoin();
		for (let round = 0; round < 12; round += 1) {
			const changes = Array.from({ length: Math.floor(random() * 6) }, () => {
				const old = server.by("seq")[Math.floor(random() * server.messages.size * 2)];
				return old ? server.edit(old) : server.store({ position: (server.head + 1) * 10 - Math.floor(random() * 40) });
			});
			const delivered = shuffled([...changes, ...changes], random).filter(() => random() < 0.7);
			if (random() < 0.3) await socket.disconnect();
			for (const change of delivered) conversationSync.receive(change);
			if (random() < 0.3) await conversationSync.loadOlder(conversation);
			if (!socket.live) await connectAndJoin();
			mock.timers.tick(60_000);
			await settled();
		}
		await socket.disconnect();
		await socket.connect();
		await join();
		while (conversation.timeline.hasOlder) await conversationSync.loadOlder(conversation);
		assert.deepEqual(texts(conversation), all(server), `seed ${seed}`);
		assert.equal(conversation.cursor.at, server.head, `seed ${seed}`);
	}
});

test("a kicked user joins again after the time that the server sets", async () => {
	const { conversation, socket, conversationSync, join, connectAndJoin } = setUp();
	await connectAndJoin();
	conversation.removal = { reason: "cool down", until: null };
	conversationSync.removed(conversation);
	await socket.refuse("join", { code: "kicked", retry_after: 60 });
	assert.deepEqual(conversation.removal, { reason: "cool down", until: Date.now() + 60_000 });
	mock.timers.tick(59_000);
	await settled();
	assert.equal(socket.open("join").length, 0);
	mock.timers.tick(60_000);
	await settled();
	await join();
	assert.equal(conversation.removal, null);
	assert.ok(conversationSync.isJoined(conversation));
});

test("a conversation that the server does not know is reported, and not joined again at once", async () => {
	const { conversation, conversationSync, socket } = setUp();
	/** @type {string[]} */
	const unknown = [];
	conversationSync.on("unknown", ({ id, refusal }) => unknown.push(`${id} ${refusal.code} ${refusal.conversation}`));
	await socket.connect();
	await socket.refuse("join", { code: "similar_channel", conversation: "#other" });
	assert.deepEqual(unknown, [`${conversation.id} similar_channel #other`]);
	assert.equal(socket.open("join").length, 0);
});

test("a kicked user can open another conversation meanwhile", async () => {
	const { world, socket } = setUp();
	await socket.connect();
	await socket.refuse("join", { code: "kicked", retry_after: 60 });
	world.open("#music");
	await settled();
	assert.equal(socket.open("join")[0]?.command.conversation, "#music");
});

test("a late refusal applies to its own conversation and does not delay the one that is open now", async () => {
	for (const code of ["kicked", "busy"]) {
		const { world, conversation, socket } = setUp();
		await socket.connect();
		world.open("#music");
		await socket.refuse("join", { code, retry_after: 60 });
		assert.equal(Boolean(conversation.removal), code === "kicked");
		assert.equal(world.current?.removal, null);
		assert.equal(socket.open("join")[0]?.command.conversation, "#music", code);
	}
});
