import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { watchDay } from "../../../static/js/view/format/day-clock.js";
import { fakeTimers } from "../support.js";

const { TZ } = process.env;

afterEach(() => {
	mock.timers.reset();
	if (TZ === undefined) delete process.env.TZ;
	else process.env.TZ = TZ;
});

/** @param {string} zone @param {string} now */
function watch(zone, now) {
	process.env.TZ = zone;
	fakeTimers();
	mock.timers.setTime(new Date(now).getTime());
	const state = { changes: 0, wake: () => {} };
	const addEventListener = (/** @type {string} */ _type, /** @type {() => void} */ listener) => {
		state.wake = listener;
	};
	Object.assign(globalThis, { document: { addEventListener } });
	watchDay(() => {
		state.changes += 1;
	});
	return state;
}

const MINUTE_MS = 60_000;

/** @param {number} minutes */
const pass = (minutes) => {
	for (let minute = 0; minute < minutes; minute += 1) mock.timers.tick(MINUTE_MS);
};

test("the day changes at midnight in the time zone of the reader", () => {
	for (const [zone, now] of /** @type {const} */ ([
		["UTC", "2026-05-05T23:58:00"],
		["Pacific/Auckland", "2026-05-05T23:58:00"],
		["America/St_Johns", "2026-05-05T23:58:00"],
	])) {
		process.env.TZ = zone;
		const clock = watch(zone, new Date(now).toISOString());
		pass(1);
		mock.timers.tick(MINUTE_MS - 1);
		assert.equal(clock.changes, 0, zone);
		mock.timers.tick(1);
		assert.equal(clock.changes, 1, zone);
		pass(24 * 60 - 1);
		assert.equal(clock.changes, 1, zone);
		pass(1);
		assert.equal(clock.changes, 2, zone);
	}
});

test("a day of 23 or 25 hours ends at its midnight", () => {
	for (const [now, hours] of /** @type {const} */ ([
		["2026-03-28T22:00:00Z", 23],
		["2026-10-24T21:00:00Z", 25],
	])) {
		const clock = watch("Europe/Athens", now);
		pass(hours * 60 - 1);
		assert.equal(clock.changes, 0, now);
		pass(1);
		assert.equal(clock.changes, 1, now);
	}
});

test("a page that wakes up on another day notices it at once", () => {
	const clock = watch("Europe/Athens", "2026-05-05T12:00:00Z");
	clock.wake();
	assert.equal(clock.changes, 0);
	mock.timers.setTime(new Date("2026-05-06T12:00:00Z").getTime());
	clock.wake();
	assert.ok(clock.changes > 0);
});
