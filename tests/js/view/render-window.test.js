import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_WEIGHT, renderWindow } from "../../../static/js/view/timeline/render-window.js";
import { buildRows } from "../../../static/js/view/timeline/rows.js";
import { message } from "../support.js";

const NOON = new Date(2026, 4, 5, 12).getTime();

/**
 * The next window, when these of ten messages are rendered.
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
function next(from, to, step) {
	const messages = Array.from({ length: 10 }, (_, index) => message({ seq: index + 1, sent: NOON + index }));
	const all = buildRows({ messages, entries: [], notices: [] });
	// The day separator above the first message is rendered too.
	const rendered = new Set(["day", ...messages.slice(from - 1, to).map(({ id }) => id)]);
	const isDrawn = (/** @type {string} */ key) => rendered.has(key.split("-")[0] ?? "");
	const { rows, above, below } = renderWindow(all, isDrawn, { above: step, below: step });
	return `${above} ${rows.map(({ key }) => key.replace(/^day.*/, "day")).join(" ")} ${below}`;
}

test("rows are added step by step above and below the rendered ones", () => {
	assert.equal(next(6, 7, 2), "4 m4 m5 m6 m7 m8 m9 1");
	assert.equal(next(4, 9, 2), "2 m2 m3 m4 m5 m6 m7 m8 m9 m10 0");
	assert.equal(next(2, 10, 2), "0 day m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 0");
});

test("all rows are added at once if none is rendered, or without a limit", () => {
	const all = "0 day m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 0";
	assert.equal(next(11, 11, 2), all);
	assert.equal(next(6, 7, Number.POSITIVE_INFINITY), all);
});

test("long messages are rendered in pieces, from the end or around the one that is looked for", () => {
	const messages = Array.from({ length: 60 }, (_, index) =>
		message({ seq: index + 1, sent: NOON + index, text: "😀".repeat(4000) }),
	);
	const all = buildRows({ messages, entries: [], notices: [] });
	/** @type {Set<string>} */
	const drawn = new Set();
	const atEnd = { above: Number.POSITIVE_INFINITY, below: Number.POSITIVE_INFINITY };
	const step = (/** @type {string | null} */ start) => {
		const { rows, above, below } = renderWindow(all, (key) => drawn.has(key), atEnd, start);
		const added = rows.filter(({ key, message }) => message && !drawn.has(key)).length;
		for (const { key } of rows) drawn.add(key);
		return { added, above, below };
	};
	for (let left = 60; left > 0; ) {
		const { added, above, below } = step(null);
		assert.ok(added > 0 && added <= MAX_WEIGHT / 16 && below === 0);
		left -= added;
		// The heading of the day is added with the first message.
		assert.ok(above <= left + 1);
	}
	drawn.clear();
	const { added, above, below } = step("m30");
	assert.ok(drawn.has("m30") && drawn.has("m29") && added <= MAX_WEIGHT / 8 && above > 0 && below > 0);
});
