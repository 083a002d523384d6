import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { DELAY_MS, Notifier } from "../../../../static/js/controller/app/notifier.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { alertFor, isQuiet, shouldNotify } from "../../../../static/js/model/session/notifications.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, FakeElection, fakeTimers, MemoryStore, message } from "../../support.js";

beforeEach(fakeTimers);

const PRIVATE = "@user-ada~user-bob";
const notifications = { sound: true, desktop: true, quiet_from: null, quiet_to: null, preview: true };
const me = { ...ada, notifications };

/** @param {string} conversation @param {Partial<import("../../../../static/js/model/lists/conversation-list.js").Listed>} [given] */
function listed(conversation, given = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	world.conversationList.put({ conversation, head: 0, read: 0, active: 0, ...given });
	return /** @type {import("../../../../static/js/model/lists/conversation-list.js").Listed} */ (
		world.conversationList.get(conversation)
	);
}

/** @param {number} hours @param {number} [minutes] */
const at = (hours, minutes = 0) => new Date(2026, 4, 4, hours, minutes);

test("privates and mentions are of interest, unless something else was chosen", () => {
	const plain = message({ seq: 1 });
	const call = message({ seq: 1, mentions: [ada.id] });
	const here = message({ seq: 1, mentions: ["here"] });
	const notified = (/** @type {any} */ one, /** @type {any} */ entry) => shouldNotify(one, entry, me);
	assert.deepEqual(
		[plain, call, here].map((one) => notified(one, listed("#ting"))),
		[false, true, true],
	);
	assert.deepEqual(
		[plain, call].map((one) => notified(one, listed("#ting", { notify: "all" }))),
		[true, true],
	);
	assert.deepEqual(
		[plain, call].map((one) => notified(one, listed(PRIVATE, { notify: "nothing" }))),
		[false, false],
	);
	assert.equal(notified(plain, listed(PRIVATE)), true);
});

test("neither my own words nor those of the ignored are of interest", () => {
	const entry = listed(PRIVATE);
	assert.equal(shouldNotify(message({ seq: 1, author: { id: ada.id, name: ada.name } }), entry, me), false);
	assert.equal(shouldNotify(message({ seq: 1 }), entry, { ...me, ignored: [bob.id] }), false);
});

test("quiet hours go over midnight, and end", () => {
	const night = { ...notifications, quiet_from: "22:30", quiet_to: "07:00" };
	assert.deepEqual(
		[at(22, 29), at(22, 30), at(0), at(6, 59), at(7)].map((now) => isQuiet(night, now)),
		[false, true, true, true, false],
	);
	const noon = { ...notifications, quiet_from: "12:00", quiet_to: "13:00" };
	assert.deepEqual(
		[at(11, 59), at(12), at(13)].map((now) => isQuiet(noon, now)),
		[false, true, false],
	);
	assert.equal(isQuiet({ ...night, quiet_to: null }, at(23)), false);
});

test("how one is told follows the settings", () => {
	const news = { entry: listed(PRIVATE), message: message({ seq: 1 }) };
	const way = (/** @type {any} */ given) => {
		const alert = alertFor(news, { ...me, notifications: { ...notifications, ...given } }, at(12));
		return alert && [alert.sound, alert.desktop, alert.preview];
	};
	assert.deepEqual(way({}), [true, true, true]);
	assert.deepEqual(way({ sound: false, preview: false }), [false, true, false]);
	assert.equal(way({ quiet_from: "11:00", quiet_to: "13:00" }), null);
	assert.deepEqual(alertFor(news, ada, at(12))?.desktop, false, "who has chosen nothing");
});

function adaIsTold() {
	const world = new World(new Outbox(new MemoryStore()));
	const election = new FakeElection();
	new Notifier(world, election);
	world.session.signIn(me);
	world.conversationList.replace([{ conversation: PRIVATE, head: 0, read: 0, active: 0 }]);
	/** @type {string[]} */
	const heard = [];
	world.notifications.on("alert", (alert) => heard.push(alert.message.id));
	world.notifications.on("read", (conversation) => heard.push(`over ${conversation}`));
	const hear = (seq = 1) => world.conversationList.receive(message({ seq, conversation: PRIVATE }), ada);
	return { world, election, heard, hear };
}

test("one is told of what nobody has read a moment later", () => {
	const { heard, hear } = adaIsTold();
	hear();
	assert.deepEqual(heard, []);
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(heard, ["m1"]);
});

test("whoever looks at it, here or elsewhere, is not told", () => {
	const { world, heard, hear } = adaIsTold();
	hear();
	world.conversationList.markRead({ conversation: PRIVATE, seq: 1 });
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(heard, [`over ${PRIVATE}`]);
	world.place = { kind: "direct", name: "Bob" };
	world.open(PRIVATE);
	world.pageFocus.isFocused = true;
	hear(2);
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(heard, [`over ${PRIVATE}`]);
});

test("what was told is withdrawn when it is read elsewhere", () => {
	const { world, heard, hear } = adaIsTold();
	hear();
	mock.timers.tick(DELAY_MS);
	world.conversationList.markRead({ conversation: PRIVATE, seq: 1 });
	assert.deepEqual(heard, ["m1", `over ${PRIVATE}`]);
});

test("of many tabs, one tells", () => {
	const { election, heard, hear } = adaIsTold();
	election.isLeader = false;
	hear();
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(heard, []);
});
