import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { INTERVAL_MS, ReadTracker } from "../../../../static/js/controller/sync/read-tracker.js";
import { STAY_MS, VisitTracker } from "../../../../static/js/controller/sync/visit-tracker.js";
import { Emitter } from "../../../../static/js/model/base/emitter.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, FakeSocket, fakeTimers, MemoryStore, message, settled } from "../../support.js";

beforeEach(fakeTimers);

/** @param {number[]} seqs */
const messages = (...seqs) => seqs.map((seq) => message({ seq }));

/** @extends {Emitter<any>} */
class FakeConversationSync extends Emitter {
	isJoined() {
		return true;
	}
}

function setUp() {
	const world = new World(new Outbox(new MemoryStore()));
	const socket = new FakeSocket();
	const conversationSync = new FakeConversationSync();
	const readTracker = new ReadTracker(world, socket, conversationSync);
	new VisitTracker(world, socket);
	world.session.signIn(ada);
	world.conversationList.replace([{ conversation: "#ting", head: 5, read: 2, active: 1, unread: 3 }]);
	world.place = { kind: "channel", id: "#ting" };
	world.open("#ting");
	const conversation = world.conversation("#ting");
	const connectAndJoin = (read = 2) => {
		socket.live = true;
		conversation.cursor.start(5);
		conversation.timeline.addPage({ messages: messages(1, 2, 3, 4, 5), more: false });
		conversation.timeline.phase = "ready";
		conversationSync.emit("joined", { conversation, read });
	};
	const marks = () => {
		mock.timers.tick(INTERVAL_MS);
		return socket.open("read").map(({ command }) => command.seq);
	};
	return { world, socket, readTracker, conversation, connectAndJoin, marks };
}

test("messages on the screen are read while the page has the focus, and the counts follow", () => {
	const { world, conversation, connectAndJoin, marks } = setUp();
	world.pageFocus.isFocused = true;
	connectAndJoin();
	assert.deepEqual(marks(), []);
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(marks(), [5]);
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
});

test("nothing is read without the focus, or while another screen is shown", () => {
	const { world, conversation, connectAndJoin, marks } = setUp();
	connectAndJoin();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(marks(), []);
	world.place = { kind: "channels" };
	world.pageFocus.isFocused = true;
	assert.deepEqual(marks(), []);
	world.place = { kind: "channel", id: "#ting" };
	assert.deepEqual(marks(), [5]);
});

test("a late message that was not on the screen keeps the messages after it unread", () => {
	const { world, conversation, connectAndJoin, marks } = setUp();
	world.pageFocus.isFocused = true;
	connectAndJoin();
	conversation.readState.setSeen(3);
	assert.deepEqual(marks(), [3]);
	assert.equal(world.conversationList.get("#ting")?.unread, 2);
});

/** Ada has read everything, and the connection is lost before the server answers. */
async function setUpWithLostReport() {
	const client = setUp();
	client.world.pageFocus.isFocused = true;
	client.connectAndJoin();
	client.conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(client.marks(), [5]);
	await client.socket.disconnect();
	return client;
}

test("a lost report is sent again after the next join", async () => {
	const { socket, connectAndJoin, marks } = await setUpWithLostReport();
	connectAndJoin();
	assert.deepEqual(marks(), [5]);
	await socket.answer("read", {});
	connectAndJoin(5);
	assert.deepEqual(marks(), []);
});

test("counts from before the server knew the mark do not undo it", () => {
	const { world, conversation, connectAndJoin, marks } = setUp();
	const counts = () => [world.conversationList.get("#ting")?.unread, world.conversationList.get("#ting")?.mentions];
	world.pageFocus.isFocused = true;
	connectAndJoin();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	marks();
	world.conversationList.put({ conversation: "#ting", head: 5, read: 4, active: 1, unread: 1 });
	assert.deepEqual(counts(), [0, 0]);
	world.pageFocus.isFocused = false;
	world.conversationList.put({ conversation: "#ting", head: 6, read: 3, active: 1, unread: 3, mentions: 1 });
	assert.deepEqual(counts(), [1, 1], "messages after the mark are still unread");
});

test("a lost report is sent again when the list has an older mark, even in another conversation", async () => {
	const { world, socket, marks } = await setUpWithLostReport();
	world.open("#music");
	socket.live = true;
	world.conversationList.replace([{ conversation: "#ting", head: 5, read: 2, active: 1, unread: 3 }]);
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
	assert.deepEqual(marks(), [5]);
});

test("a mark above the head is ignored", () => {
	const { world, conversation, connectAndJoin, marks } = setUp();
	world.pageFocus.isFocused = true;
	connectAndJoin();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	marks();
	world.conversationList.clear();
	world.conversationList.replace([{ conversation: "#ting", head: 2, read: 1, active: 1, unread: 1 }]);
	assert.equal(world.conversationList.get("#ting")?.unread, 1);
});

test("a user who is new in a channel has nothing unread", () => {
	const { world, conversation, marks, socket } = setUp();
	world.conversationList.remove("#ting");
	world.pageFocus.isFocused = true;
	socket.live = true;
	conversation.cursor.start(5);
	conversation.readState.setSeen(0);
	/** @type {any} */ (conversation).readState.load(5);
	assert.equal(conversation.readState.firstUnread({ messages: messages(1, 2, 5), hasOlder: false }, ada), null);
	assert.deepEqual(marks(), []);
});

test("a mark of another device applies here too", () => {
	const { world, readTracker, conversation, connectAndJoin } = setUp();
	connectAndJoin();
	readTracker.receive({ conversation: "#ting", seq: 5, unread: 0, mentions: 0 });
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
	assert.equal(conversation.readState.divider, 5, "nothing is new here either");
});

test("a long stay is a visit, a short one is not", async () => {
	const { world, socket } = setUp();
	socket.live = true;
	world.pageFocus.isFocused = true;
	mock.timers.tick(STAY_MS - 1);
	world.place = { kind: "channel", id: "#music" };
	world.open("#music");
	mock.timers.tick(STAY_MS - 1);
	assert.deepEqual(socket.open("visit"), []);
	mock.timers.tick(1);
	assert.deepEqual(
		socket.open("visit").map(({ command }) => command.conversation),
		["#music"],
	);
	await settled();
	mock.timers.tick(10 * STAY_MS);
	assert.equal(socket.open("visit").length, 1);
});

test("starting to type is a visit at once", () => {
	const { world, socket } = setUp();
	socket.live = true;
	const { draft } = world.conversation("#ting");
	draft.write("h");
	draft.write("he");
	assert.equal(socket.open("visit").length, 1);
	draft.write("");
	draft.write("again");
	assert.equal(socket.open("visit").length, 2);
});

test("typing without a connection is reported as a visit after the connect", async () => {
	const { world, socket } = setUp();
	world.conversation("#ting").draft.write("h");
	await settled();
	assert.deepEqual(socket.open("visit"), []);
	await socket.connect();
	assert.deepEqual(
		socket.open("visit").map(({ command }) => command.conversation),
		["#ting"],
	);
});
