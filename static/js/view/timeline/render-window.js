/** A page of history is rendered in pieces: all rows at once would take longer than a frame. */

/** @typedef {import("../message/row.js").Row} Row */

/** How much is rendered at once: as many short messages, or correspondingly fewer long ones. */
export const MAX_WEIGHT = 100;
/** A message of this length weighs twice as much as an empty one. */
const HEAVY_CHARS = 500;

/**
 * @param {Row[]} rows all rows
 * @param {(key: string) => boolean} isDrawn
 * @param {{above: number, below: number}} most how many lines may be added above the lines in the page, and how many
 *   below. Above, they may weigh at most `MAX_WEIGHT`; below also, unless there is no limit
 * @param {string | null} [start] the key of the row to begin with; else it is the last one
 * @returns {{rows: Row[], above: number, below: number}} the rows to render now, and how many wait on each side
 */
export function renderWindow(rows, isDrawn, most, start = null) {
	// Day rows move from line to line, so only messages show what has been rendered.
	const isRendered = (/** @type {Row} */ { key, message }) => message !== undefined && isDrawn(key);
	const first = rows.findIndex(isRendered);
	if (first === -1) return firstWindow(rows, start);
	const last = rows.findLastIndex(isRendered);
	const from = first - countOf(rows.slice(0, first).reverse(), most.above);
	const below = rows.slice(last + 1);
	const to = last + 1 + (Number.isFinite(most.below) ? countOf(below, most.below) : below.length);
	return { rows: rows.slice(from, to), above: from, below: rows.length - to };
}

/** @param {Row[]} rows @param {string | null} start */
function firstWindow(rows, start) {
	const wanted = rows.findIndex(({ key }) => key === start);
	const first = wanted === -1 ? rows.length : wanted;
	const from = first - countOf(rows.slice(0, first).reverse());
	const to = first + countOf(rows.slice(first));
	return { rows: rows.slice(from, to), above: from, below: rows.length - to };
}

/** How many rows may be rendered at once. @param {Row[]} rows @param {number} [most] */
function countOf(rows, most = Number.POSITIVE_INFINITY) {
	let [count, weight] = [0, 0];
	while (count < rows.length && count < most && weight < MAX_WEIGHT) {
		weight += weightOf(/** @type {Row} */ (rows[count]));
		count += 1;
	}
	return count;
}

/** @param {Row} row */
const weightOf = ({ message, entry }) => 1 + ((message ?? entry)?.text.length ?? 0) / HEAVY_CHARS;
