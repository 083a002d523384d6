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

function adaReads() {
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
	const arrive = (read = 2) => {
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
	return { world, socket, readTracker, conversation, arrive, marks };
}

test("the newest on the screen of somebody who looks is read, and counted so", () => {
	const { world, conversation, arrive, marks } = adaReads();
	world.pageFocus.isFocused = true;
	arrive();
	assert.deepEqual(marks(), []);
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(marks(), [5]);
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
});

test("nothing is read in a page that nobody looks at, nor under another screen", () => {
	const { world, conversation, arrive, marks } = adaReads();
	arrive();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(marks(), []);
	world.place = { kind: "channels" };
	world.pageFocus.isFocused = true;
	assert.deepEqual(marks(), []);
	world.place = { kind: "channel", id: "#ting" };
	assert.deepEqual(marks(), [5]);
});

test("what was committed late and not seen keeps what came after it unread", () => {
	const { world, conversation, arrive, marks } = adaReads();
	world.pageFocus.isFocused = true;
	arrive();
	conversation.readState.setSeen(3);
	assert.deepEqual(marks(), [3]);
	assert.equal(world.conversationList.get("#ting")?.unread, 2);
});

/** Ada has read all there is, and the connection breaks before the server answers. */
async function adaLosesHerMark() {
	const reads = adaReads();
	reads.world.pageFocus.isFocused = true;
	reads.arrive();
	reads.conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	assert.deepEqual(reads.marks(), [5]);
	await reads.socket.cut();
	return reads;
}

test("a mark that got lost is told again after the next join", async () => {
	const { socket, arrive, marks } = await adaLosesHerMark();
	arrive();
	assert.deepEqual(marks(), [5]);
	await socket.answer("read", {});
	arrive(5);
	assert.deepEqual(marks(), []);
});

test("counts that the server made before it heard of a mark take nothing back", () => {
	const { world, conversation, arrive, marks } = adaReads();
	const counts = () => [world.conversationList.get("#ting")?.unread, world.conversationList.get("#ting")?.mentions];
	world.pageFocus.isFocused = true;
	arrive();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	marks();
	world.conversationList.put({ conversation: "#ting", head: 5, read: 4, active: 1, unread: 1 });
	assert.deepEqual(counts(), [0, 0]);
	world.pageFocus.isFocused = false;
	world.conversationList.put({ conversation: "#ting", head: 6, read: 3, active: 1, unread: 3, mentions: 1 });
	assert.deepEqual(counts(), [1, 1], "what came after the mark is still unread");
});

test("a mark that got lost is told again when the list comes without it, wherever one is by then", async () => {
	const { world, socket, marks } = await adaLosesHerMark();
	world.open("#music");
	socket.live = true;
	world.conversationList.replace([{ conversation: "#ting", head: 5, read: 2, active: 1, unread: 3 }]);
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
	assert.deepEqual(marks(), [5]);
});

test("a mark above everything the server has means nothing", () => {
	const { world, conversation, arrive, marks } = adaReads();
	world.pageFocus.isFocused = true;
	arrive();
	conversation.readState.setSeen(Number.POSITIVE_INFINITY);
	marks();
	world.conversationList.clear();
	world.conversationList.replace([{ conversation: "#ting", head: 2, read: 1, active: 1, unread: 1 }]);
	assert.equal(world.conversationList.get("#ting")?.unread, 1);
});

test("who is new in a channel has nothing to catch up with", () => {
	const { world, conversation, marks, socket } = adaReads();
	world.conversationList.remove("#ting");
	world.pageFocus.isFocused = true;
	socket.live = true;
	conversation.cursor.start(5);
	conversation.readState.setSeen(0);
	/** @type {any} */ (conversation).readState.load(5);
	assert.equal(conversation.readState.firstUnread({ messages: messages(1, 2, 5), hasOlder: false }, ada), null);
	assert.deepEqual(marks(), []);
});

test("what another device read is read here, too", () => {
	const { world, readTracker, conversation, arrive } = adaReads();
	arrive();
	readTracker.receive({ conversation: "#ting", seq: 5, unread: 0, mentions: 0 });
	assert.equal(world.conversationList.get("#ting")?.unread, 0);
	assert.equal(conversation.readState.divider, 5, "who comes back here finds nothing new");
});

test("staying for a while is a visit, passing by is none", async () => {
	const { world, socket } = adaReads();
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

test("beginning to write is a visit at once", () => {
	const { world, socket } = adaReads();
	socket.live = true;
	const { draft } = world.conversation("#ting");
	draft.write("h");
	draft.write("he");
	assert.equal(socket.open("visit").length, 1);
	draft.write("");
	draft.write("again");
	assert.equal(socket.open("visit").length, 2);
});

test("who begins to write while there is no connection has visited as soon as there is one", async () => {
	const { world, socket } = adaReads();
	world.conversation("#ting").draft.write("h");
	await settled();
	assert.deepEqual(socket.open("visit"), []);
	await socket.connect();
	assert.deepEqual(
		socket.open("visit").map(({ command }) => command.conversation),
		["#ting"],
	);
});
