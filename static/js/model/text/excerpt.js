/** The part of a message's text that a search result shows. Offsets count code points. */

import { leavesOf, parse } from "./markup.js";

/** @typedef {{text: string, marked: boolean}} Piece */
/** The ranges of the matches. @typedef {readonly (readonly [number, number])[]} Marks */
/** @typedef {{text: string, marks: Marks}} Found */

/** The length of the excerpt around the first match. */
export const MAX_CHARS = 280;
/** The length of the text before the first match. */
const LEAD_CHARS = 80;

/**
 * The text as it is displayed, without its markup, and with the ranges moved accordingly.
 * @param {string} text
 * @param {Marks} marks
 * @param {import("./inline.js").MarkupContext} [context]
 * @returns {Found}
 */
export function withoutSigns(text, marks, context) {
	const leaves = leavesOf(parse(text, context));
	/** For each character of the source, the range of its displayed form. @type {[number, number][]} */
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
 * The excerpt in pieces, marked or not, with an ellipsis where text was cut off.
 * @param {Found} found
 * @param {number} [maxChars]
 * @returns {Piece[]}
 */
export function excerpt({ text, marks }, maxChars = MAX_CHARS) {
	const characters = Array.from(text);
	const sorted = [...marks].sort((a, b) => a[0] - b[0]);
	const [begin, end] = bounds(characters.length, sorted[0]?.[0] ?? 0, maxChars);
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

/**
 * @param {number} length
 * @param {number} first where the first mark begins
 * @param {number} maxChars
 * @returns {[number, number]}
 */
function bounds(length, first, maxChars) {
	if (length <= maxChars) return [0, length];
	const begin = Math.min(Math.max(0, first - LEAD_CHARS), length - maxChars);
	return [begin, begin + maxChars];
}
