/** A page of history is rendered in pieces: all rows at once would take longer than a frame. */

/** @typedef {import("../message/row.js").Row} Row */

/**
 * @param {Row[]} rows all there are
 * @param {(key: string) => boolean} isDrawn
 * @param {number} most so many lines are drawn anew above those that are there, and so many below
 * @returns {{rows: Row[], above: number, below: number}} those to draw now, and how many wait on each side of them
 */
export function renderWindow(rows, isDrawn, most) {
	// Days go from line to line: only messages tell what is drawn.
	const isThere = (/** @type {Row} */ { key, message }) => message !== undefined && isDrawn(key);
	const first = rows.findIndex(isThere);
	if (first === -1) return { rows, above: 0, below: 0 };
	const from = Math.max(first - most, 0);
	const to = Math.min(rows.findLastIndex(isThere) + 1 + most, rows.length);
	return { rows: rows.slice(from, to), above: from, below: rows.length - to };
}
