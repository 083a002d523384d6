/** Parses the markup of a message: lines, quotes, lists, code blocks. No character of the text is lost. */

import { inline } from "./inline.js";

/** @typedef {import("./inline.js").Inline} Inline */
/** @typedef {import("./inline.js").MarkupContext} MarkupContext */

/**
 * @typedef {{kind: "quote", children: Inline[]}} Quote
 * @typedef {{value: number | null, children: Inline[]}} Item `value` is the number, if there is one
 * @typedef {{kind: "list", ordered: boolean, items: Item[]}} List
 * @typedef {{kind: "block", open: string, language: string, code: string, close: string}} CodeBlock `open` and `close`
 *   are the lines around the code
 * @typedef {Inline | Quote | List | CodeBlock} Part
 */

const FENCE = /^```([\p{L}\p{N}+#._-]*)\s*$/u;
const QUOTE = /^>(?: |$)/;
const BULLET = /^[-*•] (?=\S)/;
const NUMBER = /^([1-9]\d{0,2})\. (?=\S)/;

/**
 * @param {string} text
 * @param {MarkupContext} [context]
 * @returns {Part[]} their texts together (`sourceOf`) are exactly the text
 */
export function parse(text, context = {}) {
	const lines = text.split("\n");
	/** @type {Part[]} */
	const parts = [];
	let isBlock = false;
	for (let at = 0; at < lines.length; ) {
		const [block, next] = blockAt(lines, at, context);
		// A block ends its line: a shown line break next to it would be an empty line.
		if (at > 0) parts.push({ kind: isBlock || block ? "mark" : "text", text: "\n" });
		if (block) parts.push(block);
		else parts.push(...inline(String(lines[at]), context));
		isBlock = block !== null;
		at = next;
	}
	return parts;
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {MarkupContext} context
 * @returns {[Quote | List | CodeBlock | null, number]}
 */
function blockAt(lines, at, context) {
	const line = String(lines[at]);
	if (FENCE.test(line)) return codeAt(lines, at);
	if (QUOTE.test(line)) return quoteAt(lines, at, context);
	for (const bullet of [BULLET, NUMBER]) if (bullet.test(line)) return listAt(lines, at, bullet, context);
	return [null, at + 1];
}

/**
 * The end of the run of lines that match a pattern.
 * @param {string[]} lines
 * @param {number} at
 * @param {RegExp} pattern
 */
function runEnd(lines, at, pattern) {
	let end = at;
	while (end < lines.length && pattern.test(String(lines[end]))) end += 1;
	return end;
}

/**
 * A fence without an end is no code block.
 * @param {string[]} lines
 * @param {number} at
 * @returns {[CodeBlock | null, number]}
 */
function codeAt(lines, at) {
	const end = lines.findIndex((line, index) => index > at && /^```\s*$/.test(line));
	if (end === -1) return [null, at + 1];
	const [open, close] = [String(lines[at]), String(lines[end])];
	const language = FENCE.exec(open)?.[1] ?? "";
	const inside = lines.slice(at + 1, end);
	const code = inside.join("\n");
	const [before, after] = [`${open}\n`, inside.length > 0 ? `\n${close}` : close];
	return [{ kind: "block", open: before, language, code, close: after }, end + 1];
}

/** @param {string[]} lines @param {number} at @param {MarkupContext} context @returns {[Quote, number]} */
function quoteAt(lines, at, context) {
	const end = runEnd(lines, at, QUOTE);
	const children = lines.slice(at, end).flatMap((line, index) => {
		const mark = QUOTE.exec(line)?.[0] ?? "";
		const parsed = /** @type {Inline[]} */ ([
			{ kind: "mark", text: mark },
			...inline(line.slice(mark.length), context),
		]);
		return index === 0 ? parsed : [/** @type {Inline} */ ({ kind: "text", text: "\n" }), ...parsed];
	});
	return [{ kind: "quote", children }, end];
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {RegExp} bullet
 * @param {MarkupContext} context
 * @returns {[List, number]}
 */
function listAt(lines, at, bullet, context) {
	const end = runEnd(lines, at, bullet);
	const items = lines.slice(at, end).map((line, index) => {
		const [mark = "", number] = bullet.exec(line) ?? [];
		const between = index === 0 ? "" : "\n";
		const children = /** @type {Inline[]} */ ([
			{ kind: "mark", text: between + mark },
			...inline(line.slice(mark.length), context),
		]);
		return { value: number ? Number(number) : null, children };
	});
	return [{ kind: "list", ordered: bullet === NUMBER, items }, end];
}

/**
 * The leaves in order, each with its source and its displayed text. Of markup, only line breaks are displayed.
 * @param {readonly Part[]} parts
 * @returns {{source: string, seen: string}[]}
 */
export function leavesOf(parts) {
	return parts.flatMap((part) => {
		if (part.kind === "list") return part.items.flatMap(({ children }) => leavesOf(children));
		if ("children" in part) return leavesOf(part.children);
		if (part.kind === "block") {
			const { open, code, close } = part;
			return [leaf(open, ""), leaf(code), leaf(close, "")];
		}
		if (part.kind === "mark") return [leaf(part.text, part.text.replace(/[^\n]/g, ""))];
		return [part.kind === "emoji" ? leaf(part.text, part.emoji) : leaf(part.text)];
	});
}

/** @param {string} source @param {string} [seen] */
const leaf = (source, seen = source) => ({ source, seen });

/** The text from which these parts were parsed. @param {readonly Part[]} parts */
export function sourceOf(parts) {
	return leavesOf(parts)
		.map(({ source }) => source)
		.join("");
}

/** The displayed text in one line. @param {readonly Part[]} parts */
export function shownIn(parts) {
	const texts = leavesOf(parts).map(({ seen }) => seen);
	return texts.join("").replace(/\s+/g, " ").trim();
}

/** A message with more emoji than this is shown in normal size. */
const MAX_LARGE = 12;

/** Whether a message consists of a few emoji only: these are shown larger. @param {readonly Part[]} parts */
export function isOnlyEmoji(parts) {
	const emoji = parts.filter(({ kind }) => kind === "emoji");
	const rest = parts.filter(({ kind }) => kind !== "emoji");
	const isBlank = rest.every((part) => part.kind === "text" && part.text.trim() === "");
	return emoji.length > 0 && emoji.length <= MAX_LARGE && isBlank;
}
