/** What of a message's text is shown where it was found. Offsets count code points. */

import { leavesOf, parse } from "./markup.js";

/** @typedef {{text: string, marked: boolean}} Piece */
/** What was found: where each begins and ends. @typedef {readonly (readonly [number, number])[]} Marks */
/** @typedef {{text: string, marks: Marks}} Found */

/** So much of a text is shown around the first word that was found. */
export const MAX_CHARS = 280;
/** So much of it before that word. */
const LEAD_CHARS = 80;

/**
 * As a reader sees the text: without the signs that say how it is meant, and with what was found in its new place.
 * @param {string} text
 * @param {Marks} marks
 * @param {import("./inline.js").MarkupContext} [context]
 * @returns {Found}
 */
export function withoutSigns(text, marks, context) {
	const leaves = leavesOf(parse(text, context));
	/** Of each character that was written, where what is seen of it begins, and where it ends. @type {[number, number][]} */
	const places = [];
	let length = 0;
	for (const { source, seen } of leaves) {
		const begin = length;
		length += Array.from(seen).length;
		const end = length;
		const placeOf = (/** @type {number} */ at) => (source === seen ? [begin + at, begin + at + 1] : [begin, end]);
		places.push(...Array.from(source, (_, at) => /** @type {[number, number]} */ (placeOf(at))));
	}
	return {
		text: leaves.map(({ seen }) => seen).join(""),
		marks: marks.map(([from, to]) => [places[from]?.[0] ?? length, places[to - 1]?.[1] ?? length]),
	};
}

/**
 * The text in pieces, marked or not; with an ellipsis where something was left out.
 * @param {Found} found
 * @param {number} [most]
 * @returns {Piece[]}
 */
export function excerpt({ text, marks }, most = MAX_CHARS) {
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
