/** The beginning of a long message, and the end of a long draft: what is shown of a text that would take long to draw. */

import { EMOJI } from "./emoji.js";
import { COSTS } from "./parts.js";

/** @typedef {import("./markup.js").Part} Part */
/** Numbers of UTF-16 units, lines and elements. @typedef {{characters: number, lines: number, elements: number}} Extent */

/** How much of a long text is shown. A text that is at most a quarter longer is shown whole. */
export const SHOWN = Object.freeze({ characters: 1600, lines: 24, elements: 100 });
const TOLERANCE = 1.25;

/**
 * The beginning of a text; null if all of it is shown.
 * @param {readonly Part[]} parts
 * @returns {Part[] | null}
 */
export function headOf(parts) {
	const { characters, lines, elements } = extentOf(parts);
	const isShort =
		characters <= SHOWN.characters * TOLERANCE &&
		lines <= SHOWN.lines * TOLERANCE &&
		elements <= SHOWN.elements * TOLERANCE;
	return isShort ? null : new Cutter().cut(parts);
}

/** The end of a draft that is being typed. @param {string} text */
export function tailOf(text) {
	if (text.length <= SHOWN.characters * TOLERANCE && linesIn(text) <= SHOWN.lines * TOLERANCE) return text;
	const tail = text.slice(-SHOWN.characters).split("\n").slice(-SHOWN.lines).join("\n");
	return `…${tail.replace(/^[\uDC00-\uDFFF]/, "")}`;
}

/** How much is drawn for these parts. @param {readonly Part[]} parts @returns {Extent} */
export function extentOf(parts) {
	const sum = { characters: 0, lines: 0, elements: 0 };
	for (const part of parts) addTo(sum, part);
	return sum;
}

/** @param {Extent} sum @param {Part} part */
function addTo(sum, part) {
	sum.elements += costOf(part);
	if (part.kind === "table") {
		for (const { cells } of part.rows) for (const child of cells.flat()) addTo(sum, child);
	} else if (part.kind === "list")
		for (const { children } of part.items) for (const child of children) addTo(sum, child);
	else if ("children" in part) for (const child of part.children) addTo(sum, child);
	else {
		const text = part.kind === "block" ? part.code : part.text;
		sum.characters += text.length;
		sum.lines += linesIn(text);
	}
}

/** @param {Part} part without its children @returns {number} */
function costOf(part) {
	if (part.kind === "list") return 1 + part.items.length;
	if (part.kind === "table") return COSTS.table + part.rows.reduce((cost, row) => cost + costOfRow(row), 0);
	if (part.kind === "code" || "children" in part) return 1;
	return COSTS[part.kind];
}

/** @param {import("./markup.js").Row} row */
const costOfRow = ({ cells }) => 1 + cells.length;

/** @param {string} text */
const linesIn = (text) => text.split("\n").length - 1;

/** Takes parts, and pieces of parts, until as much is taken as is shown. */
class Cutter {
	#left = { ...SHOWN };

	/** @param {readonly Part[]} parts @returns {Part[]} */
	cut(parts) {
		/** @type {Part[]} */
		const taken = [];
		for (const part of parts) {
			const piece = this.#isFull ? null : this.#piece(part);
			if (!piece) break;
			taken.push(piece);
		}
		return taken;
	}

	get #isFull() {
		return Object.values(this.#left).some((left) => left <= 0);
	}

	/** @param {Part} part @returns {Part | null} */
	#piece(part) {
		this.#left.elements -= part.kind === "list" || part.kind === "table" ? 1 : costOf(part);
		if (part.kind === "table") return { ...part, rows: [...this.#rows(part.rows)] };
		if (part.kind === "list") return { ...part, items: [...this.#items(part.items)] };
		if ("children" in part) {
			return { ...part, children: /** @type {import("./markup.js").Inline[]} */ (this.cut(part.children)) };
		}
		if (part.kind === "block") return { ...part, code: this.#text(part.code), whole: part.code };
		if (part.kind === "text" || part.kind === "code") return { ...part, text: this.#text(part.text) };
		if (part.kind === "emoji" && part.text === part.emoji) return this.#emoji(part);
		this.#left.characters -= part.text.length;
		this.#left.lines -= linesIn(part.text);
		return part;
	}

	/** @param {readonly import("./markup.js").Row[]} rows */
	*#rows(rows) {
		for (const row of rows) {
			if (this.#isFull) return;
			this.#left.elements -= costOfRow(row);
			yield { cells: row.cells.map((cell) => /** @type {import("./markup.js").Inline[]} */ (this.cut(cell))) };
		}
	}

	/** @param {readonly import("./markup.js").Item[]} items */
	*#items(items) {
		for (const item of items) {
			if (this.#isFull) return;
			this.#left.elements -= 1;
			yield { ...item, children: /** @type {import("./markup.js").Inline[]} */ (this.cut(item.children)) };
		}
	}

	/** @param {string} text */
	#text(text) {
		let taken = text.slice(0, this.#left.characters);
		const lines = taken.split("\n");
		if (lines.length > this.#left.lines) taken = lines.slice(0, this.#left.lines).join("\n");
		this.#left.characters -= taken.length;
		this.#left.lines -= lines.length - 1;
		// Half of a surrogate pair is no character.
		return taken.replace(/[\uD800-\uDBFF]$/, "");
	}

	/** @param {import("./parts.js").EmojiLeaf} run @returns {Part} */
	#emoji(run) {
		const emoji = run.text.length > this.#left.characters ? (run.text.match(EMOJI) ?? []) : [run.text];
		let text = "";
		for (const one of emoji) {
			if (text && text.length + one.length > this.#left.characters) break;
			text += one;
		}
		this.#left.characters -= text === run.text ? text.length : this.#left.characters;
		return { ...run, text, emoji: text };
	}
}
