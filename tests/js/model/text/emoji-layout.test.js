import assert from "node:assert/strict";
import { test } from "node:test";
import { EmojiLayout } from "../../../../static/js/model/text/emoji-layout.js";

/** @param {string} name @param {number} count */
const section = (name, count) => ({
	name,
	title: name,
	emoji: Array.from({ length: count }, (_, at) => ({ emoji: `${name}${at}`, names: [], tones: false })),
});

const sizes = { columns: 4, rowHeight: 30, headingHeight: 20 };
/** Rows of 4, 4, 1 emoji, and of 3 emoji. */
const layout = new EmojiLayout([section("a", 9), section("b", 3)], sizes);

test("each section has a heading and as many rows as it needs", () => {
	assert.deepEqual(
		layout.rows.map(({ top, emoji }) => [top, emoji.length]),
		[
			[0, 0],
			[20, 4],
			[50, 4],
			[80, 1],
			[110, 0],
			[130, 3],
		],
	);
	assert.deepEqual([layout.height, layout.count, layout.topOf("b")], [160, 12, 110]);
});

test("the rows in sight are those that are partly in the range", () => {
	assert.deepEqual(layout.between(0, 50), [0, 1]);
	assert.deepEqual(layout.between(49, 81), [1, 2, 3]);
	assert.deepEqual(layout.between(-90, -10), []);
	assert.deepEqual(layout.between(150, 900), [5]);
	assert.deepEqual(new EmojiLayout([], sizes).between(0, 100), []);
});

test("an emoji is in the row that holds it", () => {
	assert.deepEqual(
		[0, 3, 4, 8, 9, 11].map((index) => layout.rowOf(index)),
		[1, 1, 2, 3, 5, 5],
	);
});

test("arrow keys move between emoji, over headings and short rows", () => {
	/** @param {string} key @param {number} index */
	const next = (key, index) => layout.next(key, index);

	assert.deepEqual([next("ArrowRight", 3), next("ArrowRight", 11), next("ArrowLeft", 0)], [4, 11, 0]);
	assert.deepEqual(
		[next("ArrowDown", 2), next("ArrowDown", 6), next("ArrowDown", 8), next("ArrowDown", 10)],
		[6, 8, 9, 10],
	);
	assert.deepEqual([next("ArrowUp", 9), next("ArrowUp", 8), next("ArrowUp", 2)], [8, 4, -1]);
	assert.equal(next("a", 2), null);
});
