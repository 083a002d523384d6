import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { DELAY_MS, Notifier } from "../../../../static/js/controller/app/notifier.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { alertFor, isQuiet, shouldNotify } from "../../../../static/js/model/session/notifications.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, bob, FakeElection, fakeTimers, MemoryStore, message } from "../../support.js";

beforeEach(fakeTimers);

const DIRECT = "@user-ada~user-bob";
const notifications = { sound: true, desktop: true, quiet_from: null, quiet_to: null, preview: true };
const me = { ...ada, notifications };

/**
 * @param {string} conversation
 * @param {Partial<import("../../../../static/js/model/lists/conversation-list.js").Listed>} [fields]
 */
function listed(conversation, fields = {}) {
	const world = new World(new Outbox(new MemoryStore()));
	world.conversationList.put({ conversation, head: 0, read: 0, active: 0, ...fields });
	return /** @type {import("../../../../static/js/model/lists/conversation-list.js").Listed} */ (
		world.conversationList.get(conversation)
	);
}

/** @param {number} hours @param {number} [minutes] */
const at = (hours, minutes = 0) => new Date(2026, 4, 4, hours, minutes);

test("direct messages and mentions cause a notification, unless the user chose another setting", () => {
	const plain = message({ seq: 1 });
	const mention = message({ seq: 1, mentions: [ada.id] });
	const here = message({ seq: 1, mentions: ["here"] });
	const notified = (/** @type {any} */ one, /** @type {any} */ entry) => shouldNotify(one, entry, me);
	assert.deepEqual(
		[plain, mention, here].map((received) => notified(received, listed("#ting"))),
		[false, true, true],
	);
	assert.deepEqual(
		[plain, mention].map((received) => notified(received, listed("#ting", { notify: "all" }))),
		[true, true],
	);
	assert.deepEqual(
		[plain, mention].map((received) => notified(received, listed(DIRECT, { notify: "nothing" }))),
		[false, false],
	);
	assert.equal(notified(plain, listed(DIRECT)), true);
});

test("neither the user's own messages nor those of ignored users cause a notification", () => {
	const entry = listed(DIRECT);
	assert.equal(shouldNotify(message({ seq: 1, author: { id: ada.id, name: ada.name } }), entry, me), false);
	assert.equal(shouldNotify(message({ seq: 1 }), entry, { ...me, ignored: [bob.id] }), false);
});

test("quiet hours can span midnight", () => {
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

test("sound, desktop and preview follow the settings", () => {
	const event = { entry: listed(DIRECT), message: message({ seq: 1 }) };
	const channels = (/** @type {any} */ changes) => {
		const alert = alertFor(event, { ...me, notifications: { ...notifications, ...changes } }, at(12));
		return alert && [alert.sound, alert.desktop, alert.preview];
	};
	assert.deepEqual(channels({}), [true, true, true]);
	assert.deepEqual(channels({ sound: false, preview: false }), [false, true, false]);
	assert.equal(channels({ quiet_from: "11:00", quiet_to: "13:00" }), null);
	assert.deepEqual(alertFor(event, ada, at(12))?.desktop, false, "without own settings");
});

function setUp() {
	const world = new World(new Outbox(new MemoryStore()));
	const election = new FakeElection();
	new Notifier(world, election);
	world.session.signIn(me);
	world.conversationList.replace([{ conversation: DIRECT, head: 0, read: 0, active: 0 }]);
	/** @type {string[]} */
	const emitted = [];
	world.notifications.on("alert", (alert) => emitted.push(alert.message.id));
	world.notifications.on("read", (conversation) => emitted.push(`read ${conversation}`));
	const receive = (seq = 1) => world.conversationList.receive(message({ seq, conversation: DIRECT }), ada);
	return { world, election, emitted, receive };
}

test("a message that is still unread after the delay causes an alert", () => {
	const { emitted, receive } = setUp();
	receive();
	assert.deepEqual(emitted, []);
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(emitted, ["m1"]);
});

test("a message that the user reads, here or on another device, causes no alert", () => {
	const { world, emitted, receive } = setUp();
	receive();
	world.conversationList.markRead({ conversation: DIRECT, seq: 1 });
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(emitted, [`read ${DIRECT}`]);
	world.place = { kind: "direct", name: "Bob" };
	world.open(DIRECT);
	world.pageFocus.isFocused = true;
	receive(2);
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(emitted, [`read ${DIRECT}`]);
});

test("an alert is withdrawn when the message is read on another device", () => {
	const { world, emitted, receive } = setUp();
	receive();
	mock.timers.tick(DELAY_MS);
	world.conversationList.markRead({ conversation: DIRECT, seq: 1 });
	assert.deepEqual(emitted, ["m1", `read ${DIRECT}`]);
});

test("only the leading tab emits alerts", () => {
	const { election, emitted, receive } = setUp();
	election.isLeader = false;
	receive();
	mock.timers.tick(DELAY_MS);
	assert.deepEqual(emitted, []);
});
