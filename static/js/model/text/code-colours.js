/** Divides code into the tokens that are coloured. A library for this takes too long for code made to be slow. */

import { codeLanguages } from "./code-languages.js";

/** @typedef {"comment" | "string" | "number" | "keyword" | "key" | "inserted" | "deleted"} TokenKind */
/** @typedef {{kind: TokenKind | null, text: string}} CodeToken `kind` is null for what has no colour */

/** How many tokens of a message are coloured at most. */
export const MAX_COLOURS = 400;

const LANGUAGES = codeLanguages();
/** A key is what a colon or an equals sign follows. */
const ASSIGNMENT = /[ \t]{0,2}[:=]/y;
const CONSTANTS = new Set(["true", "false", "null", "yes", "no", "on", "off"]);

/**
 * @param {string} code
 * @param {string} name of the language
 * @param {number} limit how many tokens may have a colour; the rest has none
 * @returns {CodeToken[] | null} their texts together are exactly the code; null for a language without colours
 */
export function tokensOf(code, name, limit = MAX_COLOURS) {
	const language = LANGUAGES.get(name.toLowerCase());
	if (!language || limit <= 0) return null;
	/** @type {CodeToken[]} */
	const tokens = [];
	let [done, left] = [0, limit];
	const { tokens: pattern } = language;
	pattern.lastIndex = 0;
	for (let match = pattern.exec(code); match && left > 0; match = pattern.exec(code)) {
		const kind = kindOf(code, match, language);
		if (!kind) continue;
		if (match.index > done) tokens.push({ kind: null, text: code.slice(done, match.index) });
		tokens.push({ kind, text: match[0] });
		done = match.index + match[0].length;
		left -= 1;
	}
	if (done < code.length) tokens.push({ kind: null, text: code.slice(done) });
	return tokens;
}

/**
 * @param {string} code
 * @param {RegExpExecArray} match
 * @param {import("./code-languages.js").CodeLanguage} language
 * @returns {TokenKind | null}
 */
function kindOf(code, { 0: text, index, groups = {} }, { keywords, ignoresCase }) {
	if (groups.word !== undefined) {
		const word = ignoresCase ? text.toLowerCase() : text;
		return keywords.has(word) || (keywords.size === 0 && CONSTANTS.has(word)) ? "keyword" : null;
	}
	if (groups.key !== undefined) {
		ASSIGNMENT.lastIndex = index + text.length;
		if (ASSIGNMENT.test(code)) return "key";
		if (text.startsWith('"')) return "string";
		return CONSTANTS.has(text.toLowerCase()) ? "keyword" : null;
	}
	const [kind] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
	return /** @type {TokenKind | undefined} */ (kind) ?? null;
}

/** How many tokens have a colour. @param {readonly CodeToken[]} tokens */
export const colouredIn = (tokens) => tokens.filter(({ kind }) => kind).length;

/**
 * The tokens of the beginning of the code.
 * @param {readonly CodeToken[]} tokens
 * @param {number} length
 * @returns {CodeToken[]}
 */
export function beginningOf(tokens, length) {
	/** @type {CodeToken[]} */
	const taken = [];
	let left = length;
	for (const { kind, text } of tokens) {
		if (left <= 0) break;
		taken.push({ kind, text: text.slice(0, left) });
		left -= text.length;
	}
	return taken;
}
