import assert from "node:assert/strict";
import { test } from "node:test";
import { ConversationList } from "../../../../static/js/model/lists/conversation-list.js";
import { ListOrder } from "../../../../static/js/model/lists/list-order.js";
import { ada, bob, message } from "../../support.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Entry} Entry */

/** @param {string} conversation @param {Partial<Entry>} [fields] */
const entry = (conversation, fields = {}) => ({ conversation, head: 0, read: 0, active: 0, ...fields });

/** @param {...Entry} entries */
function setUp(...entries) {
	const list = new ConversationList();
	list.replace(entries);
	const order = new ListOrder();
	/** @param {import("../../../../static/js/model/base/protocol.js").ListOrder} [chosen] */
	const shown = (chosen = "sections") =>
		order.arrange(list.all, chosen).map(({ kind, entries: found }) => [kind, ...found.map((one) => one.conversation)]);
	return { list, order, shown };
}

/** @param {string} conversation @param {number} sent */
const directMessage = (conversation, sent) => message({ conversation, seq: 1, sent, author: bob });

test("pinned conversations and channels are sorted by name, direct messages by their last message", () => {
	const { order, shown } = setUp(
		entry("#zoo", { active: 9 }),
		entry("#art", { active: 1 }),
		entry("#Bach", { active: 2 }),
		entry("@a~b", { active: 3 }),
		entry("@a~c", { active: 4 }),
		entry("#wine", { pinned: true, active: 8 }),
		entry("@a~d", { pinned: true, with: { id: "d", name: "dora" } }),
	);
	assert.deepEqual(shown(), [
		["pinned", "@a~d", "#wine"],
		["direct", "@a~c", "@a~b"],
		["channels", "#art", "#Bach", "#zoo"],
	]);
	assert.deepEqual(
		order.entries.map(({ conversation }) => conversation),
		["@a~d", "#wine", "@a~c", "@a~b", "#art", "#Bach", "#zoo"],
	);
});

test("a section without conversations is left out", () => {
	assert.deepEqual(setUp(entry("#art")).shown(), [["channels", "#art"]]);
});

test("by activity there is one section, with pinned conversations first", () => {
	const { shown } = setUp(entry("#a", { active: 1 }), entry("@a~b", { active: 2 }), entry("#p", { pinned: true }));
	assert.deepEqual(shown("activity"), [["all", "#p", "@a~b", "#a"]]);
});

test("a visit moves no entry, and a message does", () => {
	const { list, shown } = setUp(entry("@a~b", { active: 1 }), entry("@a~c", { active: 2 }));
	shown();
	list.put(entry("@a~b", { active: 50 }));
	assert.deepEqual(shown(), [["direct", "@a~c", "@a~b"]]);
	assert.deepEqual(shown("activity"), [["all", "@a~c", "@a~b"]]);
	list.receive(directMessage("@a~b", 60), ada);
	assert.deepEqual(shown(), [["direct", "@a~b", "@a~c"]]);
});

test("while the order is held, no entry moves, and new ones are at the end of their section", () => {
	const { list, order, shown } = setUp(entry("@a~b", { active: 1 }), entry("@a~c", { active: 2 }), entry("#b"));
	shown();
	order.isHeld = true;
	list.receive(directMessage("@a~b", 60), ada);
	list.put(entry("#a"));
	const held = [
		["direct", "@a~c", "@a~b"],
		["channels", "#b", "#a"],
	];
	assert.deepEqual(shown(), held);
	order.isHeld = true; // again, by the focus
	assert.deepEqual(shown(), held);
	order.isHeld = false;
	assert.deepEqual(shown(), [
		["direct", "@a~b", "@a~c"],
		["channels", "#a", "#b"],
	]);
});

test("a conversation that is pinned while the order is held moves to its section", () => {
	const { list, order, shown } = setUp(entry("#a"), entry("#b"));
	shown();
	order.isHeld = true;
	list.put(entry("#b", { pinned: true }));
	assert.deepEqual(shown(), [
		["pinned", "#b"],
		["channels", "#a"],
	]);
	assert.deepEqual(shown("activity"), [["all", "#b", "#a"]]);
});

test("the filter leaves unread conversations and the current one, and what was read while the order is held", () => {
	const { list, order } = setUp(entry("#a", { unread: 2, head: 2 }), entry("#b"), entry("#c"));
	const shown = () =>
		order.arrange(list.all, "sections", "#c").flatMap(({ entries }) => entries.map((one) => one.conversation));
	order.onlyUnread = true;
	assert.deepEqual(shown(), ["#a", "#c"]);
	order.isHeld = true;
	list.markRead({ conversation: "#a", seq: 2 });
	assert.deepEqual(shown(), ["#a", "#c"]);
	order.isHeld = false;
	assert.deepEqual(shown(), ["#c"]);
	order.onlyUnread = false;
	assert.deepEqual(shown(), ["#a", "#b", "#c"]);
});
