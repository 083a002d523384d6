/** Parses the markup of a message: lines, quotes, lists, code blocks. No character of the text is lost. */

import { colouredIn, MAX_COLOURS, tokensOf } from "./code-colours.js";
import { EMOJI } from "./emoji.js";
import { joined } from "./emphasis.js";
import { InlineParser } from "./inline.js";
import { mentionsIn } from "./mentions.js";
import { COSTS } from "./parts.js";
import { HIDDEN } from "./spoilers.js";
import { alignmentsIn, cellsOf, MAX_COLUMNS } from "./tables.js";
import { closingRuns, codeBlocks, partsOfBlock, runsIn } from "./verbatim.js";

/** @typedef {import("./parts.js").Inline} Inline */
/** @typedef {import("./inline.js").MarkupContext} MarkupContext */

/**
 * @typedef {{kind: "quote", children: Inline[]}} Quote
 * @typedef {{value: number | null, children: Inline[]}} Item `value` is the number, if there is one
 * @typedef {{kind: "list", ordered: boolean, items: Item[]}} List
 * @typedef {{kind: "block", open: string, language: string, code: string, close: string, whole?: string,
 *   tokens?: import("./code-colours.js").CodeToken[]}} CodeBlock
 *   `open` and `close` are the lines around the code; `whole` is the code if `code` is only its beginning; `tokens` are
 *   those of the whole code, if it is coloured
 * @typedef {{cells: Inline[][]}} Row
 * @typedef {{kind: "table", alignments: import("./tables.js").Alignment[], rows: Row[]}} Table the first row has the heads
 * @typedef {Inline | Quote | List | CodeBlock | Table} Part
 */

const QUOTE = /^>(?: |$)/;
const BLOCK_SIGNS = new Set("|>-*•123456789");
const LISTS = [/^[-*•] (?=\S)/, /^([1-9]\d{0,2})\. (?=\S)/, /^([1-9]\d{0,2})\) (?=\S)/];

/**
 * @param {string} text
 * @param {MarkupContext} [context]
 * @returns {Part[]} their texts together (`sourceOf`) are exactly the text
 */
export function parse(text, context = {}) {
	return new Parser(text, context).parse();
}

/** Parses one text, line by line. */
class Parser {
	#lines;
	#inline;
	#blocks;
	/** The runs of backticks of each line. */
	#runs;
	/** Where each line begins in the text. @type {number[]} */
	#offsets = [];
	#coloursLeft = MAX_COLOURS;

	/** @param {string} text @param {MarkupContext} context */
	constructor(text, context) {
		this.#lines = text.split("\n");
		this.#inline = new InlineParser(context, mentionsIn(text, context.mentionRanges ?? []));
		this.#runs = this.#lines.map(runsIn);
		this.#blocks = codeBlocks(this.#lines, this.#runs);
		let offset = 0;
		for (const { length } of this.#lines) {
			this.#offsets.push(offset);
			offset += length + 1;
		}
	}

	parse() {
		/** @type {Part[]} */
		const parts = [];
		let isBlock = false;
		for (let at = 0; at < this.#lines.length; ) {
			const [block, next] = this.#blockAt(at);
			// A block ends its line: a shown line break next to it would be an empty line.
			if (at > 0)
				parts.push({ kind: (isBlock || block) && this.#inline.take(COSTS.mark) ? "mark" : "text", text: "\n" });
			if (block) parts.push(block);
			else parts.push(...this.#inlineAt(at));
			isBlock = block !== null;
			at = next;
		}
		return joined(parts);
	}

	/** @param {number} at @param {number} [from] @param {number} [to] @returns {Inline[]} the pieces of a part of a line */
	#inlineAt(at, from = 0, to = this.#lines[at]?.length ?? 0) {
		if (from >= to) return [];
		const [line, offset, runs] = [
			String(this.#lines[at]).slice(0, to),
			Number(this.#offsets[at]),
			this.#runs[at] ?? [],
		];
		return this.#inline.parse({ line, from, offset, runs });
	}

	/** @param {number} at @returns {[Quote | List | CodeBlock | Table | null, number]} a block, and the line after it */
	#blockAt(at) {
		const line = String(this.#lines[at]);
		const last = this.#blocks.get(at);
		if (last !== undefined && this.#inline.take(COSTS.block)) {
			const block = partsOfBlock(this.#lines.slice(at, last + 1).join("\n"));
			return [{ kind: "block", ...block, ...this.#colours(block) }, last + 1];
		}
		if (!BLOCK_SIGNS.has(line.charAt(0))) return [null, at + 1];
		if (line.startsWith("|")) return this.#tableAt(at) ?? [null, at + 1];
		if (QUOTE.test(line) && this.#inline.take(COSTS.item)) return this.#quoteAt(at);
		for (const bullet of LISTS)
			if (bullet.test(line) && this.#inline.take(COSTS.item + 1)) return this.#listAt(at, bullet);
		return [null, at + 1];
	}

	/** @param {{code: string, language: string}} block @returns {Pick<CodeBlock, "tokens">} */
	#colours({ code, language }) {
		const tokens = tokensOf(code, language, this.#coloursLeft);
		const count = tokens ? colouredIn(tokens) : 0;
		if (!tokens || !this.#inline.take(count)) return {};
		this.#coloursLeft -= count;
		return { tokens };
	}

	/** @param {number} at @returns {[Quote, number]} */
	#quoteAt(at) {
		/** @type {Inline[]} */
		const children = [];
		let end = at;
		for (const [mark, line] of this.#run(at, QUOTE, COSTS.mark)) {
			if (line > at) children.push({ kind: "text", text: "\n" });
			children.push({ kind: "mark", text: mark }, ...this.#inlineAt(line, mark.length));
			end = line + 1;
		}
		return [{ kind: "quote", children: joined(children) }, end];
	}

	/** @param {number} at @returns {[Table, number] | null} */
	#tableAt(at) {
		const alignments = alignmentsIn(this.#lines[at + 1]);
		if (!alignments || alignments.length > MAX_COLUMNS) return null;
		const heads = this.#cells(at);
		if (heads.cells.length !== alignments.length || !this.#inline.take(COSTS.table)) return null;
		/** @type {Row[]} */
		const rows = [];
		let end = at;
		for (let line = at; this.#lines[line]?.startsWith("|"); line = line === at ? at + 2 : line + 1) {
			const { cells, end: rest } = line === at ? heads : this.#cells(line);
			if (cells.length === 0 || !this.#inline.take(COSTS.row + COSTS.cell * alignments.length)) break;
			const extra = cells.splice(alignments.length).at(-1);
			const last = cells.at(-1);
			// What is too much belongs to the last cell: nothing that was written is left out.
			if (extra && last) last.to = extra.to;
			const row = cells.map(({ mark, from, to }, index) => [
				/** @type {Inline} */ ({ kind: "mark", text: (line > at && index === 0 ? "\n" : "") + mark }),
				...this.#inlineAt(line, from, to),
			]);
			const after = line === at ? `${rest}\n${this.#lines[at + 1]}` : rest;
			if (after) row.at(-1)?.push({ kind: "mark", text: after });
			rows.push({ cells: row });
			end = line === at ? at + 2 : line + 1;
		}
		return rows.length > 0 ? [{ kind: "table", alignments, rows }, end] : null;
	}

	/** @param {number} at */
	#cells(at) {
		const runs = this.#runs[at] ?? [];
		const closing = closingRuns(runs);
		const lengths = new Map(runs.map(({ index, length }) => [index, length]));
		return cellsOf(String(this.#lines[at]), (place) => {
			const close = closing.get(place);
			return close === undefined ? place : close + Number(lengths.get(close));
		});
	}

	/** @param {number} at @param {RegExp} bullet @returns {[List, number]} */
	#listAt(at, bullet) {
		/** @type {Item[]} */
		const items = [];
		let end = at;
		for (const [mark, line, number] of this.#run(at, bullet, COSTS.item)) {
			const text = (line > at ? "\n" : "") + mark;
			items.push({ value: number, children: [{ kind: "mark", text }, ...this.#inlineAt(line, mark.length)] });
			end = line + 1;
		}
		return [{ kind: "list", ordered: bullet !== LISTS[0], items }, end];
	}

	/**
	 * The lines from one on that begin with a pattern, as far as the limit of elements goes.
	 * @param {number} at
	 * @param {RegExp} pattern
	 * @param {number} cost of each line but the first
	 * @returns {Generator<[string, number, number | null]>} what matches, the line, and the number in it
	 */
	*#run(at, pattern, cost) {
		for (let line = at; line < this.#lines.length; line += 1) {
			const match = pattern.exec(String(this.#lines[line]));
			if (!match || (line > at && !this.#inline.take(cost))) return;
			yield [match[0], line, match[1] ? Number(match[1]) : null];
		}
	}
}

/**
 * The leaves in order, each with its source and its displayed text. Of markup, only line breaks are displayed,
 * and spoilers are hidden.
 * @param {readonly Part[]} parts
 * @returns {{source: string, seen: string}[]}
 */
export function leavesOf(parts) {
	return parts.flatMap((part) => {
		if (part.kind === "list") return part.items.flatMap(({ children }) => leavesOf(children));
		if (part.kind === "table") return part.rows.flatMap(({ cells }) => cells.flatMap(leavesOfCell));
		if (part.kind === "spoiler") return [{ source: sourceOf(part.children), seen: HIDDEN }];
		if ("children" in part) return leavesOf(part.children);
		if (part.kind === "block") {
			const { open, code, close } = part;
			return [leaf(open, ""), leaf(code), leaf(close, "")];
		}
		if (part.kind === "mark") return [leaf(part.text, part.text.replace(/[^\n]/g, ""))];
		return [part.kind === "emoji" ? leaf(part.text, part.emoji) : leaf(part.text)];
	});
}

/** A space is seen between cells. @param {Inline[]} cell @param {number} index */
function leavesOfCell(cell, index) {
	const [mark, ...rest] = leavesOf(cell);
	return mark && index > 0 ? [{ ...mark, seen: " " }, ...rest] : leavesOf(cell);
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
	let count = 0;
	for (const part of parts) {
		if (part.kind === "emoji") count += part.text === part.emoji ? (part.emoji.match(EMOJI) ?? []).length : 1;
		else if (part.kind !== "text" || part.text.trim() !== "") return false;
		if (count > MAX_LARGE) return false;
	}
	return count > 0;
}
