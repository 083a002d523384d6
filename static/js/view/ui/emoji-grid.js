import { EmojiLayout } from "../../model/text/emoji-layout.js";
import { toned } from "../../model/text/recent-emoji.js";
import { element } from "./dom.js";

/** @typedef {import("../../model/text/emoji.js").Emoji} Emoji */
/** @typedef {import("../../model/text/emoji-layout.js").Row} Row */
/** @typedef {import("../../model/text/emoji-layout.js").Section} Section */

/** Rows above and below those in sight that are drawn as well, so that scrolling shows no gap. */
const SPARE_ROWS = 2;

/** The scrolling part of the emoji picker. Of about two hundred rows, only those in sight are in the page. */
export class EmojiGrid {
	#labelOf;
	#pick;
	#grid;
	/** Has the size of a cell and the height of a heading, in pixels of this device. */
	#measure = element("div", { class: "emoji-measure", "aria-hidden": "true" });
	/** @type {readonly Section[]} */
	#sections = [];
	#layout = new EmojiLayout([], { columns: 1, rowHeight: 1, headingHeight: 1 });
	/** The drawn rows by index. @type {Map<number, HTMLElement>} */
	#drawn = new Map();
	#sizes = "";

	/** @param {string} label @param {(emoji: Emoji) => string} labelOf @param {(emoji: string) => void} pick */
	constructor(label, labelOf, pick) {
		this.#labelOf = labelOf;
		this.#pick = pick;
		this.#grid = element("div", { class: "emoji-grid", role: "grid", "aria-label": label });
		this.element = element("div", { class: "emoji-body" }, this.#measure, this.#grid);
		this.element.addEventListener("scroll", () => this.#draw());
		this.#grid.addEventListener("click", ({ target }) => {
			const chosen = target instanceof HTMLElement && target.closest("button")?.textContent;
			if (chosen) this.#pick(chosen);
		});
		new ResizeObserver(() => this.#resized()).observe(this.element);
	}

	/** Show other emoji, or the same ones with other names. @param {readonly Section[]} sections */
	show(sections) {
		this.#sections = sections;
		this.#arrange();
	}

	/** Show other emoji from the top. @param {readonly Section[]} sections */
	showFromTop(sections) {
		this.element.scrollTop = 0;
		this.show(sections);
	}

	/** @param {string} name of a section */
	scrollTo(name) {
		this.element.scrollTop = this.#layout.topOf(name);
		this.#draw();
	}

	/** The index of the focused emoji; -1 if the focus is elsewhere. */
	get focused() {
		const { activeElement: focused } = document;
		return focused instanceof HTMLElement && this.#grid.contains(focused) ? Number(focused.dataset.index) : -1;
	}

	/** @param {string} key @returns {number | null} the index that an arrow key leads to */
	next(key) {
		return this.#layout.next(key, this.focused);
	}

	/** Focus an emoji, and scroll to it. @param {number} index */
	focus(index) {
		const row = this.#layout.rows[this.#layout.rowOf(index)];
		if (!row) return;
		const { scrollTop, clientHeight } = this.element;
		const lowest = row.top + row.height - clientHeight;
		// With the first row of all, its heading comes into sight.
		const highest = row.from === 0 ? 0 : row.top;
		if (scrollTop > highest) this.element.scrollTop = highest;
		else if (scrollTop < lowest) this.element.scrollTop = lowest;
		this.#draw();
		this.#button(index)?.focus({ preventScroll: true });
	}

	/** Choose the first emoji, if there is one. */
	pickFirst() {
		this.#button(0)?.click();
	}

	/** @param {number} index @returns {HTMLElement | null} */
	#button(index) {
		return this.#grid.querySelector(`[data-index="${index}"]`);
	}

	#resized() {
		if (this.#sizes !== this.#measured().key) this.#arrange();
		else this.#draw();
	}

	#measured() {
		const { offsetWidth: cell, offsetHeight: headingHeight } = this.#measure;
		const columns = Math.max(Math.floor(this.element.clientWidth / Math.max(cell, 1)), 1);
		return { columns, rowHeight: Math.max(cell, 1), headingHeight, key: `${columns} ${cell} ${headingHeight}` };
	}

	#arrange() {
		const { key, ...sizes } = this.#measured();
		const focused = this.focused;
		this.#sizes = key;
		this.#layout = new EmojiLayout(this.#sections, sizes);
		this.#grid.style.setProperty("--columns", String(sizes.columns));
		this.#grid.style.setProperty("height", `${this.#layout.height}px`);
		this.#grid.hidden = this.#layout.count === 0;
		this.#grid.setAttribute("aria-rowcount", String(this.#layout.rows.length));
		this.#grid.replaceChildren();
		this.#drawn.clear();
		this.#draw();
		if (focused >= 0 && this.#layout.count > 0) this.focus(Math.min(focused, this.#layout.count - 1));
	}

	/** Draw the rows that came into sight, and remove the others. The row with the focus stays. */
	#draw() {
		const { scrollTop, clientHeight } = this.element;
		const spare = SPARE_ROWS * this.#measure.offsetWidth;
		const wanted = new Set(this.#layout.between(scrollTop - spare, scrollTop + clientHeight + spare));
		if (this.focused >= 0) wanted.add(this.#layout.rowOf(this.focused));
		for (const [index, node] of this.#drawn) {
			if (wanted.has(index)) continue;
			node.remove();
			this.#drawn.delete(index);
		}
		for (const index of wanted) if (!this.#drawn.has(index)) this.#insert(index);
	}

	/** @param {number} index of the row */
	#insert(index) {
		const row = /** @type {Row} */ (this.#layout.rows[index]);
		const node = row.emoji.length > 0 ? this.#row(row) : heading(row.section);
		node.setAttribute("aria-rowindex", String(index + 1));
		node.style.setProperty("top", `${row.top}px`);
		this.#drawn.set(index, node);
		// Screen readers read the rows in the order of the page.
		const below = [...this.#drawn.keys()].filter((other) => other > index);
		this.#grid.insertBefore(node, below.length > 0 ? (this.#drawn.get(Math.min(...below)) ?? null) : null);
	}

	/** @param {Row} row */
	#row({ section, from, emoji }) {
		const buttons = emoji.map((each, at) => {
			const shown = each.tones && section.tone ? toned(each.emoji, section.tone) : each.emoji;
			const label = this.#labelOf(each);
			const attributes = { type: "button", role: "gridcell", tabindex: "-1", "data-index": from + at };
			return element("button", { ...attributes, title: label, "aria-label": label }, shown);
		});
		return element("div", { class: "emoji-row", role: "row", "data-group": section.name }, ...buttons);
	}
}

/** @param {Section} section */
function heading({ name, title }) {
	const text = element("span", { role: "rowheader" }, title);
	return element("div", { class: "emoji-heading", role: "row", "data-heading": name }, text);
}
