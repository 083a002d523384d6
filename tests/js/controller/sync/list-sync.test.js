import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { ListSync, MAX_ACTIVITY_MESSAGES, REFRESH_MS } from "../../../../static/js/controller/sync/list-sync.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, FakeSocket, fakeTimers, MemoryStore, message, settled } from "../../support.js";

beforeEach(fakeTimers);

const DIRECT = "@user-ada~user-bob";

function setUp() {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const server = {
		/** @type {any[]} */
		entries: [{ conversation: "#ting", head: 0, read: 0, active: 1 }],
		requestCount: 0,
		/** @type {Refusal | null} */
		refusal: null,
	};
	const api = {
		list: async () => {
			server.requestCount += 1;
			if (server.refusal) throw server.refusal;
			return { conversations: server.entries, limit: 50 };
		},
		update: async (/** @type {string} */ conversation, /** @type {object} */ update) => ({
			...{ conversation, head: 0, read: 0, active: 1 },
			...update,
		}),
		unlist: async () => {},
		openDirect: async () => ({ conversation: DIRECT, with: bob, head: 0, read: 0, active: 9 }),
	};
	const listSync = new ListSync(world, socket, api, () => 1);
	world.session.signIn(ada);
	return {
		world,
		socket,
		server,
		listSync,
		order: () => world.conversationList.all.map(({ conversation }) => conversation),
	};
}

test("every connection loads the list", async () => {
	const { socket, server, order } = setUp();
	await socket.connect();
	assert.deepEqual(order(), ["#ting"]);
	await socket.disconnect();
	server.entries = [{ conversation: "#music", head: 0, read: 0, active: 1 }];
	await socket.connect();
	assert.deepEqual(order(), ["#music"]);
});

test("a failed load is retried, and a refused one is not", async () => {
	const { socket, server, order } = setUp();
	server.refusal = Refusal.offline();
	await socket.connect();
	server.refusal = null;
	mock.timers.tick(5_000);
	await settled();
	assert.deepEqual(order(), ["#ting"]);
	server.refusal = new Refusal({ code: "not_found", message: "" });
	server.requestCount = 0;
	await socket.connect();
	mock.timers.tick(60_000);
	await settled();
	assert.equal(server.requestCount, 1);
});

test("an opened direct conversation is in the list, with the name of the other user", async () => {
	const { world, socket, listSync, order } = setUp();
	await socket.connect();
	assert.equal(await listSync.openDirect({ kind: "direct", name: "Bob" }), DIRECT);
	assert.deepEqual(order(), [DIRECT, "#ting"]);
	assert.equal(world.conversation(DIRECT).title, "Bob");
});

test("pinning and unlisting apply at once", async () => {
	const { world, socket, listSync, order } = setUp();
	await socket.connect();
	await listSync.update("#ting", { pinned: true });
	assert.equal(world.conversationList.get("#ting")?.pinned, true);
	await listSync.unlist("#ting");
	assert.deepEqual(order(), []);
});

test("after a burst of which only the newest messages arrive, the list is loaded again for the counts", async () => {
	const { world, socket, server, listSync } = setUp();
	await socket.connect();
	server.requestCount = 0;
	const burst = Array.from({ length: MAX_ACTIVITY_MESSAGES }, (_, index) => message({ seq: 31 + index }));
	listSync.receive({ type: "activity", conversation: "#ting", head: 50, messages: burst });
	assert.equal(world.conversationList.get("#ting")?.unread, MAX_ACTIVITY_MESSAGES);
	server.entries = [{ conversation: "#ting", head: 50, read: 0, active: 1, unread: 50 }];
	mock.timers.tick(REFRESH_MS);
	await settled();
	assert.equal(world.conversationList.get("#ting")?.unread, 50);
	listSync.receive({ type: "activity", conversation: "#ting", head: 51, messages: [message({ seq: 51 })] });
	mock.timers.tick(REFRESH_MS);
	await settled();
	assert.equal(server.requestCount, 1);
});

test("changes during a load are not undone by its answer", async () => {
	const { world, socket, server, listSync, order } = setUp();
	server.entries = ["#ting", "#left"].map((conversation) => ({ conversation, head: 4, read: 0, active: 1, unread: 4 }));
	const connected = socket.connect();
	await Promise.resolve();
	listSync.put({ conversation: "#music", head: 0, read: 0, active: 2 });
	world.conversationList.remove("#left");
	world.conversationList.markRead({ conversation: "#ting", seq: 4 });
	await connected;
	await settled();
	assert.deepEqual(order(), ["#music", "#ting"]);
	assert.deepEqual([world.conversationList.get("#ting")?.read, world.conversationList.get("#ting")?.unread], [4, 0]);
	listSync.put({ conversation: "#late", head: 0, read: 0, active: 3 });
	await socket.disconnect();
	server.entries = [];
	await socket.connect();
	assert.deepEqual(order(), []);
});
