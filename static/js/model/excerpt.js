/** What of a message's text is shown where it was found. Offsets count code points. */

/** @typedef {{text: string, marked: boolean}} Piece */

/** So much of a text is shown around the first word that was found. */
export const MOST_CHARS = 280;
/** So much of it before that word. */
const LEAD_CHARS = 80;

/**
 * The text in pieces, marked or not; with an ellipsis where something was left out.
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} marks what was found: where each begins and ends
 * @param {number} [most]
 * @returns {Piece[]}
 */
export function excerpt(text, marks, most = MOST_CHARS) {
	const characters = Array.from(text);
	const sorted = [...marks].sort((a, b) => a[0] - b[0]);
	const [begin, end] = bounds(characters.length, sorted[0]?.[0] ?? 0, most);
	/** @type {Piece[]} */
	const pieces = [];
	const add = (/** @type {number} */ from, /** @type {number} */ to, /** @type {boolean} */ marked) => {
		if (from < to) pieces.push({ text: characters.slice(from, to).join(""), marked });
	};
	let done = begin;
	for (const [from, to] of sorted) {
		const [left, right] = [Math.max(from, done), Math.min(to, end)];
		if (left >= right) continue;
		add(done, left, false);
		add(left, right, true);
		done = right;
	}
	add(done, end, false);
	if (begin > 0) pieces.unshift({ text: "… ", marked: false });
	if (end < characters.length) pieces.push({ text: " …", marked: false });
	return pieces;
}

/** @param {number} length @param {number} first where the first mark begins @param {number} most @returns {[number, number]} */
function bounds(length, first, most) {
	if (length <= most) return [0, length];
	const begin = Math.min(Math.max(0, first - LEAD_CHARS), length - most);
	return [begin, begin + most];
}
