/** Bold, italic, struck and hidden text: pairs of markers that enclose words. */

import { COSTS } from "./parts.js";
import { SEPARATORS, WORD, WORD_CHARACTERS, WORD_END } from "./verbatim.js";

/** @typedef {import("./parts.js").Inline} Inline */
/** @typedef {import("./parts.js").Leaf} Leaf */
/** @typedef {import("./parts.js").MarkLeaf} MarkLeaf */
/** @typedef {{run: keyof typeof STYLES, opens: boolean, closes: boolean}} Marker */
/** @typedef {{run: string, place: number}} Opener an open marker, and its place in the line */

const STYLES = /** @type {const} */ ({
	"*": ["strong"],
	"**": ["strong"],
	"***": ["strong", "emphasis"],
	_: ["emphasis"],
	"~": ["struck"],
	"~~": ["struck"],
	"||": ["spoiler"],
});

const WORD_START = new RegExp(`^${WORD}`, "u");

/** @param {string} run @returns {run is keyof typeof STYLES} */
const isStyle = (run) => run in STYLES;

const SPOILER = "||";

/** @param {string} line @param {number} at @param {string} run @returns {Marker | null} */
export function markerAt(line, at, run) {
	if (!isStyle(run) || line[at - 1] === "\\") return null;
	const [left, right] = [kindBefore(line, at), kindAfter(line, at + run.length)];
	const opens = right !== "space" && left !== "word";
	const closes = left !== "space" && right !== "word";
	return opens || closes ? { run, opens, closes } : null;
}

/** @param {string} line @param {number} at @returns {"space" | "word" | "other"} */
export function kindBefore(line, at) {
	const character = line[at - 1];
	if (isSpace(character)) return "space";
	if (SEPARATORS.has(character)) return "other";
	if (WORD_CHARACTERS.has(character)) return "word";
	return WORD_END.test(line.slice(Math.max(at - 2, 0), at)) ? "word" : "other";
}

/** @param {string} line @param {number} at @returns {"space" | "word" | "other"} */
function kindAfter(line, at) {
	const character = line[at];
	if (isSpace(character)) return "space";
	if (SEPARATORS.has(character)) return "other";
	if (WORD_CHARACTERS.has(character)) return "word";
	return WORD_START.test(line.slice(at, at + 2)) ? "word" : "other";
}

/** @param {string | undefined} character none at the ends of the line @returns {character is undefined} */
const isSpace = (character) => character === undefined || character.trim() === "";

/**
 * Turns pairs of markers, with everything between them, into spans. Each kind of marker is open at most once, which
 * limits the depth. Spoilers come first: other markers that cross one do not uncover it.
 * @param {readonly (Leaf | Marker)[]} found
 * @param {(elements: number) => boolean} take takes elements out of the limit
 * @returns {Inline[]}
 */
export function emphasized(found, take) {
	if (!found.some((piece) => "run" in piece && piece.run === SPOILER)) return withSpans(found, take);
	/** @type {(Inline | Marker)[]} */
	const pieces = [];
	let open = -1;
	for (const piece of found) {
		const isSpoiler = "run" in piece && piece.run === SPOILER;
		if (isSpoiler && piece.closes && open >= 0 && open < pieces.length - 1 && take(COSTS.spoiler)) {
			const mark = /** @type {MarkLeaf} */ ({ kind: "mark", text: SPOILER });
			const inside = /** @type {(Leaf | Marker)[]} */ (pieces.splice(open).slice(1));
			pieces.push({ kind: "spoiler", children: [mark, ...withSpans(inside, take), mark] });
			open = -1;
		} else if (isSpoiler) {
			if (piece.opens && open < 0) open = pieces.length;
			pieces.push({ kind: "text", text: SPOILER });
		} else pieces.push(piece);
	}
	return withSpans(pieces, take);
}

/**
 * @param {readonly (Inline | Marker)[]} found without markers of spoilers
 * @param {(elements: number) => boolean} take
 * @returns {Inline[]}
 */
function withSpans(found, take) {
	/** @type {Inline[]} */
	const line = [];
	/** The outermost first. @type {Opener[]} */
	let open = [];
	for (const piece of found) {
		if (!("run" in piece)) {
			line.push(piece);
			continue;
		}
		const { run, opens, closes } = piece;
		const opener = closes ? open.find((marker) => marker.run === run) : undefined;
		if (opener && opener.place < line.length - 1 && take(COSTS.span * STYLES[run].length)) {
			open = open.slice(0, open.indexOf(opener));
			wrap(line, opener.place, run);
		} else {
			if (opens) open = [...open.filter((marker) => marker.run !== run), { run, place: line.length }];
			line.push({ kind: "text", text: run });
		}
	}
	return joined(line);
}

/** @param {Inline[]} line @param {number} place of the opening marker @param {keyof typeof STYLES} run */
function wrap(line, place, run) {
	const [, ...inside] = line.splice(place);
	let children = joined(inside);
	let length = run.length;
	for (const kind of [...STYLES[run]].reverse()) {
		// Of `***`, the inner span has one sign and the outer one two.
		const signs = STYLES[run].length > 1 && length === run.length ? 1 : length;
		const mark = /** @type {MarkLeaf} */ ({ kind: "mark", text: run.slice(0, signs) });
		children = [{ kind, children: [mark, ...children, mark] }];
		length -= signs;
	}
	line.push(...children);
}

/**
 * Adjacent texts become one, so that they are one node in the page.
 * @template {{kind: string}} Part
 * @param {readonly Part[]} parts
 * @returns {Part[]}
 */
export function joined(parts) {
	/** @type {Part[]} */
	const all = [];
	/** @type {string[]} */
	let texts = [];
	const end = () => {
		if (texts.length > 0) all.push(/** @type {any} */ ({ kind: "text", text: texts.join("") }));
		texts = [];
	};
	for (const part of parts) {
		if (part.kind === "text" && "text" in part) texts.push(String(part.text));
		else {
			end();
			all.push(part);
		}
	}
	end();
	return all;
}
