import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversationList, mentionsUser, notifyCountOf } from "../../../../static/js/model/lists/conversation-list.js";
import { ada, bob, message, randomFrom } from "../../support.js";

const PRIVATE = "@user-ada~user-bob";

/** @param {string} conversation @param {Partial<import("../../../../static/js/model/base/protocol.js").Entry>} [given] */
const entry = (conversation, given = {}) => ({ conversation, head: 0, read: 0, active: 0, ...given });

/** @param {import("../../../../static/js/model/base/protocol.js").Entry[]} entries */
function adasList(...entries) {
	const conversationList = new ConversationList();
	conversationList.replace(entries, 50);
	/** @type {string[]} */
	const news = [];
	conversationList.on("message", (one) => news.push(one.message.id));
	return { conversationList, news, order: () => conversationList.all.map(({ conversation }) => conversation) };
}

test("pinned ones are first, then those with the newest activity, and the oldest fall off", () => {
	const { conversationList, order } = adasList(
		entry("#old", { active: 1 }),
		entry("#new", { active: 3 }),
		entry("#pinned", { active: 0, pinned: true }),
	);
	assert.deepEqual(order(), ["#pinned", "#new", "#old"]);
	conversationList.replace([entry("#a", { active: 1 }), entry("#b", { active: 3 }), entry("#c", { active: 2 })], 2);
	assert.deepEqual(order(), ["#b", "#c"]);
});

test("what is of interest brings a conversation to the top, and other talk does not", () => {
	const { conversationList, order } = adasList(
		entry("#music", { active: 10 }),
		entry(PRIVATE, { active: 5 }),
		entry("#ting", { active: 1 }),
	);
	conversationList.receive(message({ seq: 1, conversation: "#ting", sent: 90 }), ada);
	assert.deepEqual(order(), ["#music", PRIVATE, "#ting"]);
	conversationList.receive(message({ seq: 1, conversation: PRIVATE, sent: 20 }), ada);
	assert.deepEqual(order(), [PRIVATE, "#music", "#ting"]);
	conversationList.receive(message({ seq: 2, conversation: "#ting", sent: 30, mentions: [ada.id] }), ada);
	assert.deepEqual(order(), ["#ting", PRIVATE, "#music"]);
});

test("unread are messages of others, each once; edits and deletions are no news", () => {
	const { conversationList, news } = adasList(entry("#ting"));
	const counts = () => [conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions];
	conversationList.receive(message({ seq: 1 }), ada);
	conversationList.receive(message({ seq: 1 }), ada);
	conversationList.receive(message({ seq: 2, author: { id: ada.id, name: ada.name } }), ada);
	conversationList.receive(message({ seq: 3, id: "m1", first: 1, edited: 3 }), ada);
	conversationList.receive(message({ seq: 4, deleted: 4 }), ada);
	assert.deepEqual(counts(), [1, 0]);
	conversationList.receive(message({ seq: 5, mentions: ["here"] }), ada);
	assert.deepEqual(counts(), [2, 1]);
	assert.deepEqual(news, ["m1", "m5"]);
});

test("those whom one ignores are not counted, and bring nothing to the top", () => {
	const { conversationList, news, order } = adasList(entry("#music", { active: 10 }), entry("#ting", { active: 1 }));
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
	assert.deepEqual(news, []);
});

test("a mark clears what is read, and never moves back", () => {
	const { conversationList } = adasList(entry("#ting", { head: 9, read: 2, unread: 5, mentions: 2 }));
	conversationList.markRead({ conversation: "#ting", seq: 9 });
	conversationList.markRead({ conversation: "#ting", seq: 4, unread: 3, mentions: 1 });
	assert.deepEqual([conversationList.get("#ting")?.read, conversationList.get("#ting")?.unread], [9, 0]);
});

test("an entry that left the server before what was counted here does not undo it", () => {
	const { conversationList } = adasList(entry("#ting", { head: 1, read: 1 }));
	conversationList.receive(message({ seq: 2 }), ada);
	conversationList.put(entry("#ting", { head: 1, read: 1, pinned: true }));
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.pinned], [1, true]);
	conversationList.put(entry("#ting", { head: 2, read: 2 }));
	assert.equal(conversationList.get("#ting")?.unread, 0);
});

test("what was counted after the server counted stays counted", () => {
	const { conversationList } = adasList(entry("#ting", { head: 4, read: 0, unread: 4 }));
	conversationList.receive(message({ seq: 5, mentions: [ada.id] }), ada);
	conversationList.markRead({ conversation: "#ting", seq: 2, head: 4, unread: 2, mentions: 0 });
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
	conversationList.replace([entry("#ting", { head: 4, read: 2, unread: 2 })], 50);
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
	conversationList.replace([entry("#ting", { head: 5, read: 2, unread: 3, mentions: 1 })], 50);
	assert.deepEqual([conversationList.get("#ting")?.unread, conversationList.get("#ting")?.mentions], [3, 1]);
});

test("who comes online is seen so in the list", () => {
	const { conversationList } = adasList(entry(PRIVATE, { with: bob, online: true }), entry("#ting"));
	conversationList.setOnline(bob.id, false);
	assert.equal(conversationList.get(PRIVATE)?.online, false);
	conversationList.setOnline("somebody else", true);
	assert.equal(conversationList.get(PRIVATE)?.online, false);
});

test("privates count in full, channels by what was chosen", () => {
	const { conversationList } = adasList(
		entry(PRIVATE, { unread: 3 }),
		entry("#ting", { unread: 5, mentions: 1 }),
		entry("#music", { unread: 7, notify: "all" }),
		entry("#noise", { unread: 9, mentions: 4, notify: "nothing" }),
	);
	assert.deepEqual(
		conversationList.all.map((one) => [one.conversation, notifyCountOf(one)]),
		[
			[PRIVATE, 3],
			["#ting", 1],
			["#music", 7],
			["#noise", 0],
		],
	);
	assert.equal(conversationList.notifyCount, 11);
});

test("whatever arrives, counts are those of a simple count over everything", () => {
	for (let seed = 1; seed <= 60; seed += 1) {
		const random = randomFrom(seed);
		const { conversationList } = adasList(entry("#ting"));
		/** @type {import("../../../../static/js/model/base/protocol.js").Message[]} */
		const all = [];
		let mark = 0;
		for (let seq = 1; seq <= 40; seq += 1) {
			const old = random() < 0.2 ? all[Math.floor(random() * all.length)] : undefined;
			const [author, mentions] = [random() < 0.3 ? ada : bob, random() < 0.3 ? [ada.id] : []];
			const made = old
				? { ...old, seq, edited: seq }
				: message({ seq, author: { id: author.id, name: author.name }, mentions });
			if (!old) all.push(made);
			// What was told twice is counted once.
			for (let times = 0; times < 1 + Math.floor(random() * 2); times += 1) conversationList.receive(made, ada);
			const unread = () => all.filter(({ first, author: { id } }) => first > mark && id !== ada.id);
			if (random() < 0.2) {
				mark = Math.max(mark, Math.floor(random() * seq));
				const left = { unread: unread().length, mentions: unread().filter((one) => mentionsUser(one, ada.id)).length };
				conversationList.markRead({ conversation: "#ting", seq: mark, ...left });
			}
			const { unread: counted, mentions: called } = /** @type {any} */ (conversationList.get("#ting"));
			assert.equal(counted, unread().length, `seed ${seed}, seq ${seq}`);
			assert.equal(called, unread().filter((one) => mentionsUser(one, ada.id)).length, `seed ${seed}, seq ${seq}`);
		}
	}
});
