/** A page of history is rendered in pieces: all rows at once would take longer than a frame. */

/** @typedef {import("../message/row.js").Row} Row */

/**
 * @param {Row[]} rows all rows
 * @param {(key: string) => boolean} isDrawn
 * @param {number} most how many lines may be added above the lines in the page, and how many below
 * @returns {{rows: Row[], above: number, below: number}} the rows to render now, and how many wait on each side
 */
export function renderWindow(rows, isDrawn, most) {
	// Day rows move from line to line, so only messages show what has been rendered.
	const isRendered = (/** @type {Row} */ { key, message }) => message !== undefined && isDrawn(key);
	const first = rows.findIndex(isRendered);
	if (first === -1) return { rows, above: 0, below: 0 };
	const from = Math.max(first - most, 0);
	const to = Math.min(rows.findLastIndex(isRendered) + 1 + most, rows.length);
	return { rows: rows.slice(from, to), above: from, below: rows.length - to };
}
