import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversationList, mentionsUser, notifyCountOf } from "../../../../static/js/model/lists/conversation-list.js";
import { ada, bob, message, randomFrom } from "../../support.js";

const DIRECT = "@user-ada~user-bob";

/**
 * @param {string} conversation
 * @param {Partial<import("../../../../static/js/model/base/protocol.js").Entry>} [fields]
 */
const entry = (conversation, fields = {}) => ({ conversation, head: 0, read: 0, active: 0, ...fields });

/** @param {import("../../../../static/js/model/base/protocol.js").Entry[]} entries */
function setUp(...entries) {
	const conversationList = new ConversationList();
	conversationList.replace(entries, 50);
	/** @type {string[]} */
	const newMessages = [];
	conversationList.on("message", ({ message: { id } }) => newMessages.push(id));
	return { conversationList, newMessages, order: () => conversationList.all.map(({ conversation }) => conversation) };
}

test("pinned conversations are first, then the latest activity, and the limit cuts off the rest", () => {
	const { conversationList, order } = setUp(
		entry("#old", { active: 1 }),
		entry("#new", { active: 3 }),
		entry("#pinned", { active: 0, pinned: true }),
	);
	assert.deepEqual(order(), ["#pinned", "#new", "#old"]);
	conversationList.replace([entry("#a", { active: 1 }), entry("#b", { active: 3 }), entry("#c", { active: 2 })], 2);
	assert.deepEqual(order(), ["#b", "#c"]);
});

test("direct messages and mentions move a conversation to the top, other messages do not", () => {
	const { conversationList, order } = setUp(
		entry("#music", { active: 10 }),
		entry(DIRECT, { active: 5 }),
		entry("#ting", { active: 1 }),
	);
	conversationList.receive(message({ seq: 1, conversation: "#ting", sent: 90 }), ada);
	assert.deepEqual(order(), ["#music", DIRECT, "#ting"]);
	conversationList.receive(message({ seq: 1, conversation: DIRECT, sent: 20 }), ada);
	assert.deepEqual(order(), [DIRECT, "#music", "#ting"]);
	conversationList.receive(message({ seq: 2, conversation: "#ting", sent: 30, mentions: [ada.id] }), ada);
	assert.deepEqual(order(), ["#ting", DIRECT, "#music"]);
});

test("messages of other users are unread, each counted once; edits and deletions are not", () => {
	const { conversationList, newMessages } = setUp(entry("#ting"));
	const counts = () => [conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions];
	conversationList.receive(message({ seq: 1 }), ada);
	conversationList.receive(message({ seq: 1 }), ada);
	conversationList.receive(message({ seq: 2, author: { id: ada.id, name: ada.name } }), ada);
	conversationList.receive(message({ seq: 3, id: "m1", first: 1, edited: 3 }), ada);
	conversationList.receive(message({ seq: 4, deleted: 4 }), ada);
	assert.deepEqual(counts(), [1, 0]);
	conversationList.receive(message({ seq: 5, mentions: ["here"] }), ada);
	assert.deepEqual(counts(), [2, 1]);
	assert.deepEqual(newMessages, ["m1", "m5"]);
});

test("messages of ignored users are not counted and move nothing to the top", () => {
	const { conversationList, newMessages, order } = setUp(
		entry("#music", { active: 10 }),
		entry("#ting", { active: 1 }),
	);
	conversationList.receive(message({ seq: 1, mentions: [ada.id] }), { ...ada, ignored: [bob.id] });
	assert.deepEqual(
		[
			conversationList.get("#ting")?.head,
			conversationList.get("#ting")?.unread,
			conversationList.get("#ting")?.mentions,
		],
		[1, 0, 0],
	);
	assert.deepEqual(order(), ["#music", "#ting"]);
	assert.deepEqual(newMessages, []);
});

test("a mark clears the unread count and never moves back", () => {
	const { conversationList } = setUp(entry("#ting", { head: 9, read: 2, unread: 5, mentions: 2 }));
	conversationList.markRead({ conversation: "#ting", seq: 9 });
	conversationList.markRead({ conversation: "#ting", seq: 4, unread: 3, mentions: 1 });
	assert.deepEqual([conversationList.get("#ting")?.read, conversationList.get("#ting")?.unread], [9, 0]);
});

test("an outdated entry does not undo the counts of the client", () => {
	const { conversationList } = setUp(entry("#ting", { head: 1, read: 1 }));
	conversationList.receive(message({ seq: 2 }), ada);
	conversationList.put(entry("#ting", { head: 1, read: 1, pinned: true }));
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.pinned], [1, true]);
	conversationList.put(entry("#ting", { head: 2, read: 2 }));
	assert.equal(conversationList.get("#ting")?.unread, 0);
});

test("messages counted after the server's count stay counted", () => {
	const { conversationList } = setUp(entry("#ting", { head: 4, read: 0, unread: 4 }));
	conversationList.receive(message({ seq: 5, mentions: [ada.id] }), ada);
	conversationList.markRead({ conversation: "#ting", seq: 2, head: 4, unread: 2, mentions: 0 });
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
	conversationList.replace([entry("#ting", { head: 4, read: 2, unread: 2 })], 50);
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
	conversationList.replace([entry("#ting", { head: 5, read: 2, unread: 3, mentions: 1 })], 50);
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
});

test("the list shows when a user goes online or offline", () => {
	const { conversationList } = setUp(entry(DIRECT, { with: bob, online: true }), entry("#ting"));
	conversationList.setOnline(bob.id, false);
	assert.equal(conversationList.get(DIRECT)?.online, false);
	conversationList.setOnline("another user", true);
	assert.equal(conversationList.get(DIRECT)?.online, false);
});

test("all direct messages count for notifications, channels by their setting", () => {
	const { conversationList } = setUp(
		entry(DIRECT, { unread: 3 }),
		entry("#ting", { unread: 5, mentions: 1 }),
		entry("#music", { unread: 7, notify: "all" }),
		entry("#noise", { unread: 9, mentions: 4, notify: "nothing" }),
	);
	assert.deepEqual(
		conversationList.all.map((listed) => [listed.conversation, notifyCountOf(listed)]),
		[
			[DIRECT, 3],
			["#ting", 1],
			["#music", 7],
			["#noise", 0],
		],
	);
	assert.equal(conversationList.notifyCount, 11);
});

test("for any sequence of frames, the counts equal a plain count over all messages", () => {
	for (let seed = 1; seed <= 60; seed += 1) {
		const random = randomFrom(seed);
		const { conversationList } = setUp(entry("#ting"));
		/** @type {import("../../../../static/js/model/base/protocol.js").Message[]} */
		const all = [];
		let mark = 0;
		for (let seq = 1; seq <= 40; seq += 1) {
			const old = random() < 0.2 ? all[Math.floor(random() * all.length)] : undefined;
			const [author, mentions] = [random() < 0.3 ? ada : bob, random() < 0.3 ? [ada.id] : []];
			const change = old
				? { ...old, seq, edited: seq }
				: message({ seq, author: { id: author.id, name: author.name }, mentions });
			if (!old) all.push(change);
			// A repeated message is counted once.
			for (let times = 0; times < 1 + Math.floor(random() * 2); times += 1) conversationList.receive(change, ada);
			const unread = () => all.filter(({ first, author: { id } }) => first > mark && id !== ada.id);
			if (random() < 0.2) {
				mark = Math.max(mark, Math.floor(random() * seq));
				const mentioning = unread().filter((unreadMessage) => mentionsUser(unreadMessage, ada.id));
				const remaining = { unread: unread().length, mentions: mentioning.length };
				conversationList.markRead({ conversation: "#ting", seq: mark, ...remaining });
			}
			const { unread: counted, mentions: mentioned } = /** @type {any} */ (conversationList.get("#ting"));
			assert.equal(counted, unread().length, `seed ${seed}, seq ${seq}`);
			const mentioning = unread().filter((unreadMessage) => mentionsUser(unreadMessage, ada.id));
			assert.equal(mentioned, mentioning.length, `seed ${seed}, seq ${seq}`);
		}
	}
});
