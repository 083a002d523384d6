/**
 * Finds the parts of a text that are shown as they were written: code and addresses. The server looks for no mentions
 * in them, by the same rules (`ting/conversations/verbatim.py`); tests/fixtures/mentions.json tests both.
 * Every function looks at a character a constant number of times, so that no text is slow to parse.
 */

/**
 * Letters of scripts that are written without spaces, or that add particles to a name. They end a word of other
 * scripts.
 */
export const SPACELESS =
	"\\u0e00-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u2e80-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\uff66-\\uffdc" +
	"\\u{20000}-\\u{3ffff}";

/** A run of backticks. @typedef {{index: number, length: number}} Run */

const MIN_FENCE = 3;
const FENCE = /^( {0,3}`{3,})([^`]*)$/;
const LANGUAGE = /^[\p{L}\p{N}+#._-]*[ \t]*$/u;

/** In these scripts a sentence goes on without a space, but its punctuation belongs to no address. */
const WIDE_PUNCTUATION =
	"\\u3001-\\u3003\\u3008-\\u3011\\u3014-\\u301f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff3d\\uff5b-\\uff65";
/**
 * An address ends at a stroke, since that ends a spoiler, and at invisible characters and those that change the writing
 * direction, since they can disguise it.
 */
const ADDRESS_TAIL = new RegExp(`[^\\s<>|"\`\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}${WIDE_PUNCTUATION}]+`, "uy");

/** A letter or digit of a word. */
export const WORD = `(?![${SPACELESS}])[\\p{L}\\p{N}]`;
export const WORD_END = new RegExp(`(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}]$`, "u");

/** A longer run of `_` separates words. */
const MAX_MARKS = 20;
/** For the most usual characters around a word, no expression is needed. */
export const SEPARATORS = new Set(" \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~");
export const WORD_CHARACTERS = new Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
/** @param {string | undefined} character */
const isMark = (character = "") => character === "_" || (character > "\u02ff" && /\p{M}/u.test(character));
const WORD_BEFORE = new RegExp(`${WORD}$`, "u");
const WORD_AHEAD = new RegExp(`_{0,${MAX_MARKS}}${WORD}`, "uy");

/** Whether no word goes on at a place. Marks like `_` around a word are not part of it. @param {string} text @param {number} at */
export function beginsWord(text, at) {
	let end = at;
	while (end > at - MAX_MARKS && isMark(text[end - 1])) end -= 1;
	const last = text[end - 1];
	if (last === undefined || SEPARATORS.has(last)) return true;
	return !WORD_CHARACTERS.has(last) && !WORD_BEFORE.test(text.slice(Math.max(end - 2, 0), end));
}

/** Whether no word goes on at a place. @param {string} text @param {number} at */
export function endsWord(text, at) {
	WORD_AHEAD.lastIndex = at;
	return !WORD_AHEAD.test(text);
}

/** The end of the address whose scheme ends at a place; that place if there is none. @param {string} line @param {number} at */
export function addressEnd(line, at) {
	ADDRESS_TAIL.lastIndex = at;
	return ADDRESS_TAIL.test(line) ? ADDRESS_TAIL.lastIndex : at;
}

/**
 * The run of backticks that closes each run: as long, and the next one.
 * @param {readonly Run[]} runs
 * @returns {Map<number, number>} places in the line; runs that nothing closes are missing
 */
export function closingRuns(runs) {
	/** @type {Map<number, number>} */
	const closing = new Map();
	/** The last run of each length. @type {Map<number, number>} */
	const last = new Map();
	for (const { index, length } of runs) {
		const before = last.get(length);
		if (before !== undefined) closing.set(before, index);
		last.set(length, index);
	}
	return closing;
}

/**
 * The blocks of code. A fence without an end begins no block.
 * @param {readonly string[]} lines
 * @param {readonly Run[][]} runs the runs of backticks of each line
 * @returns {Map<number, number>} the last line of each block by its first line
 */
export function codeBlocks(lines, runs) {
	/** @type {Map<number, number>} */
	const blocks = new Map();
	const opening = lines.map((line, at) => openingLength(line, runs[at] ?? []));
	if (!opening.some(Boolean)) return blocks;
	const closing = lines.map((line, at) => closingLength(line, runs[at] ?? []));
	/** The longest closing fence from each line on. */
	const longest = [...closing, 0];
	for (let at = lines.length - 1; at >= 0; at -= 1) longest[at] = Math.max(closing[at] ?? 0, longest[at + 1] ?? 0);
	for (let first = 0; first < lines.length; first += 1) {
		const length = opening[first];
		if (!length || (longest[first + 1] ?? 0) < length) continue;
		let end = first + 1;
		while ((closing[end] ?? 0) < length) end += 1;
		blocks.set(first, end);
		first = end;
	}
	return blocks;
}

/** The runs of backticks in a line. @param {string} line @returns {Run[]} */
export const runsIn = (line) =>
	line.includes("`") ? Array.from(line.matchAll(/`+/g), ({ 0: run, index }) => ({ index, length: run.length })) : [];

/** How many backticks open a block of code on this line; 0 if none do. @param {string} line @param {Run[]} runs */
function openingLength(line, [run, ...others]) {
	if (!run || run.length < MIN_FENCE || others.length > 0) return 0;
	return /^ {0,3}$/.test(line.slice(0, run.index)) ? run.length : 0;
}

/**
 * How many backticks close a block of code on this line; 0 if none do. They may follow the last line of the code, unless
 * they end a span of code within the line.
 * @param {string} line
 * @param {Run[]} runs
 */
function closingLength(line, runs) {
	const last = runs.at(-1);
	if (!last || last.length < MIN_FENCE || !/^[ \t]*$/.test(line.slice(last.index + last.length))) return 0;
	return runs.filter(({ length }) => length >= MIN_FENCE).length % 2 === 1 ? last.length : 0;
}

/**
 * The parts of a block of code: the fences with the language, and the code between them.
 * @param {string} source its lines
 */
export function partsOfBlock(source) {
	const firstLine = source.slice(0, source.indexOf("\n"));
	const [, fence = "", rest = ""] = FENCE.exec(firstLine) ?? [];
	const isLanguage = LANGUAGE.test(rest);
	const open = isLanguage ? `${firstLine}\n` : fence;
	const inside = source.slice(open.length);
	const closingLine = inside.slice(inside.lastIndexOf("\n") + 1);
	let run = closingLine.trimEnd().length;
	while (closingLine[run - 1] === "`") run -= 1;
	const trailing = closingLine.slice(0, run).trim() === "" ? closingLine : closingLine.slice(run);
	const code = inside.slice(0, inside.length - trailing.length);
	const shown = code.endsWith("\n") && trailing === closingLine ? code.slice(0, -1) : code;
	return { open, language: isLanguage ? rest.trim() : "", code: shown, close: inside.slice(shown.length) };
}
