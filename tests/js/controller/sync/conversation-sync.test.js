import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { ConversationSync, RELOAD_GAP } from "../../../../static/js/controller/sync/conversation-sync.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { FakeSocket, fakeTimers, MemoryStore, message, randomFrom, settled, shuffled } from "../../support.js";
import { FakeServer } from "./fake-server.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Message} Message */

beforeEach(fakeTimers);

function adaReads(server = new FakeServer()) {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const conversationSync = new ConversationSync(world, socket, server, () => 1);
	world.open("#ting");
	const conversation = world.conversation("#ting");
	const join = () => socket.answer("join", { topic: "t", head: server.head, people: [] });
	const arrive = async () => {
		await socket.connect();
		await join();
	};
	return { world, socket, conversationSync, conversation, server, join, arrive };
}

/** @param {import("../../../../static/js/model/conversation/conversation.js").Conversation} conversation */
const texts = ({ timeline }) => timeline.messages.map(({ text }) => text);

/** @param {FakeServer} server @param {number} [from] */
const all = (server, from = Number.NEGATIVE_INFINITY) =>
	server
		.by("position")
		.filter(({ position }) => position >= from)
		.map(({ text }) => text);

test("arriving loads the newest page and takes the head as the cursor", async () => {
	const { conversation, server, arrive } = adaReads();
	for (let count = 0; count < 8; count += 1) server.store();
	await arrive();
	assert.deepEqual(texts(conversation), all(server, 4));
	assert.equal(conversation.cursor.at, 8);
	assert.equal(conversation.timeline.hasOlder, true);
	assert.deepEqual(server.asked, ["history"]);
});

test("being nowhere asks for nothing", async () => {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	new ConversationSync(world, socket, new FakeServer(), () => 1);
	await socket.connect();
	assert.deepEqual(socket.asked, []);
});

test("coming back with an equal head asks for nothing", async () => {
	const { socket, server, arrive } = adaReads();
	server.store();
	await arrive();
	await socket.cut();
	server.asked = [];
	await arrive();
	assert.deepEqual(server.asked, []);
});

test("coming back catches up page by page until the head is reached", async () => {
	const { socket, conversation, server, arrive } = adaReads();
	const old = server.store();
	await arrive();
	await socket.cut();
	for (let count = 0; count < 12; count += 1) server.store();
	server.edit(old);
	server.asked = [];
	await arrive();
	assert.deepEqual(server.asked, ["changes 1", "changes 6", "changes 11"]);
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.cursor.at, server.head);
});

test("a skipped seq makes it ask for what is missing", async () => {
	const { conversationSync, conversation, server, arrive } = adaReads();
	server.store();
	await arrive();
	server.store();
	conversationSync.receive(server.store());
	await settled();
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.cursor.at, 3);
});

test("seqs in a row are not asked for", async () => {
	const { conversationSync, server, arrive } = adaReads();
	await arrive();
	server.asked = [];
	for (let count = 0; count < 3; count += 1) conversationSync.receive(server.store());
	await settled();
	assert.deepEqual(server.asked, []);
});

test("a lower head drops everything and loads anew", async () => {
	const { socket, conversation, server, arrive } = adaReads();
	for (let count = 0; count < 4; count += 1) server.store();
	await arrive();
	await socket.cut();
	server.messages.clear();
	server.head = 0;
	server.store({ id: "after the restore", text: "restored" });
	await arrive();
	assert.deepEqual(texts(conversation), ["restored"]);
	assert.equal(conversation.cursor.at, 1);
});

test("changes that end below the cursor drop everything, too", async () => {
	const { conversationSync, conversation, server, arrive } = adaReads();
	for (let count = 0; count < 4; count += 1) server.store();
	await arrive();
	server.messages.clear();
	server.head = 1;
	server.messages.set("r", message({ seq: 1, id: "r", text: "restored" }));
	conversationSync.receive(message({ seq: 9, id: "ghost of the old server" }));
	await settled();
	assert.deepEqual(texts(conversation), ["restored"]);
});

test("who missed very much gets the newest page instead of everything", async () => {
	const { socket, conversation, server, arrive } = adaReads();
	server.store();
	await arrive();
	await socket.cut();
	for (let count = 0; count < RELOAD_GAP + 1; count += 1) server.store();
	server.asked = [];
	await arrive();
	assert.deepEqual(server.asked, ["history"]);
	assert.deepEqual(texts(conversation), all(server, server.head - 4));
});

test("a change above the loaded pages moves the cursor and shows nothing", async () => {
	const { conversationSync, conversation, server, arrive } = adaReads();
	const stored = Array.from({ length: 8 }, () => server.store());
	await arrive();
	conversationSync.receive(server.edit(/** @type {Message} */ (stored[0])));
	assert.equal(conversation.cursor.at, 9);
	assert.deepEqual(texts(conversation), all(server, 4));
});

test("older messages come above, with the changes that overtook them", async () => {
	const { conversationSync, conversation, server, arrive } = adaReads();
	const stored = Array.from({ length: 8 }, () => server.store());
	await arrive();
	const loading = conversationSync.loadOlder(conversation);
	conversationSync.receive(server.edit(/** @type {Message} */ (stored[1])));
	await loading;
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.timeline.hasOlder, false);
});

test("a failed load is tried again after a pause, and says so meanwhile", async () => {
	const { conversation, server, arrive } = adaReads();
	server.store();
	server.failing = true;
	await arrive();
	assert.equal(conversation.timeline.phase, "failed");
	server.failing = false;
	mock.timers.tick(1000);
	await settled();
	assert.deepEqual(texts(conversation), all(server));
	assert.equal(conversation.timeline.phase, "ready");
});

test("going elsewhere leaves first and joins then; coming back catches up", async () => {
	const { world, socket, conversation, server, arrive, join } = adaReads();
	server.store();
	await arrive();
	world.open("#music");
	await settled();
	assert.deepEqual(
		socket.asked.map(({ command }) => command),
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

test("a message that is wanted comes with its surroundings, and pages lead down to the end", async () => {
	const { world, conversationSync, conversation, server, arrive } = adaReads();
	for (let count = 0; count < 16; count += 1) server.store();
	world.open("#ting", "m6");
	await arrive();
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

test("a message that is wanted and shown is not asked for, and the newest page leads back to the end", async () => {
	const { world, conversationSync, conversation, server, arrive } = adaReads();
	for (let count = 0; count < 16; count += 1) server.store();
	await arrive();
	server.asked = [];
	world.open("#ting", "m14");
	await settled();
	assert.deepEqual(server.asked, []);
	world.open("#ting", "m2");
	await settled();
	assert.deepEqual(texts(conversation), all(server).slice(0, 4));
	await conversationSync.loadNewest(conversation);
	assert.deepEqual(texts(conversation), all(server).slice(-5));
});

test("a message that does not exist leads to the end, and somebody hears of it", async () => {
	const { world, conversation, server, arrive } = adaReads();
	for (let count = 0; count < 8; count += 1) server.store();
	/** @type {string[]} */
	const sent = [];
	world.on("refused", ({ code }) => sent.push(code));
	world.open("#ting", "gone");
	await arrive();
	assert.deepEqual(texts(conversation), all(server, 4));
	assert.deepEqual([conversation.target, sent], [null, ["no_such_message"]]);
});

test("whatever is cut, doubled or mixed up, at the end the timeline is the server's", async () => {
	for (let seed = 1; seed <= 40; seed += 1) {
		const random = randomFrom(seed);
		const { socket, conversationSync, conversation, server, join, arrive } = adaReads();
		await arrive();
		for (let round = 0; round < 12; round += 1) {
			const made = Array.from({ length: Math.floor(random() * 6) }, () => {
				const old = server.by("seq")[Math.floor(random() * server.messages.size * 2)];
				return old ? server.edit(old) : server.store({ position: (server.head + 1) * 10 - Math.floor(random() * 40) });
			});
			const delivered = shuffled([...made, ...made], random).filter(() => random() < 0.7);
			if (random() < 0.3) await socket.cut();
			for (const one of delivered) conversationSync.receive(one);
			if (random() < 0.3) await conversationSync.loadOlder(conversation);
			if (!socket.live) await arrive();
			mock.timers.tick(60_000);
			await settled();
		}
		await socket.cut();
		await socket.connect();
		await join();
		while (conversation.timeline.hasOlder) await conversationSync.loadOlder(conversation);
		assert.deepEqual(texts(conversation), all(server), `seed ${seed}`);
		assert.equal(conversation.cursor.at, server.head, `seed ${seed}`);
	}
});

test("who was sent out waits as long as the server says, and comes back by itself", async () => {
	const { conversation, socket, conversationSync, join, arrive } = adaReads();
	await arrive();
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

test("who was sent out can go somewhere else meanwhile", async () => {
	const { world, socket } = adaReads();
	await socket.connect();
	await socket.refuse("join", { code: "kicked", retry_after: 60 });
	world.open("#music");
	await settled();
	assert.equal(socket.open("join")[0]?.command.conversation, "#music");
});

test("a refusal that comes when one has gone elsewhere is of the conversation one wanted to join, and nobody waits for it", async () => {
	for (const code of ["kicked", "busy"]) {
		const { world, conversation, socket } = adaReads();
		await socket.connect();
		world.open("#music");
		await socket.refuse("join", { code, retry_after: 60 });
		assert.equal(Boolean(conversation.removal), code === "kicked");
		assert.equal(world.current?.removal, null);
		assert.equal(socket.open("join")[0]?.command.conversation, "#music", code);
	}
});
