/** Where each emoji of the picker is. Only the rows in sight are drawn, so nothing can be measured in the page. */

/** @typedef {import("./emoji.js").Emoji} Emoji */
/** @typedef {{name: string, title: string, emoji: readonly Emoji[], tone?: string}} Section */
/** @typedef {{columns: number, rowHeight: number, headingHeight: number}} Sizes in pixels */
/**
 * @typedef {object} Row
 * @property {Section} section
 * @property {number} top
 * @property {number} height
 * @property {number} from the index of its first emoji among all
 * @property {readonly Emoji[]} emoji none for a heading
 */

/** Sections of emoji in rows, each section below its heading. */
export class EmojiLayout {
	/** @type {Row[]} */
	rows = [];
	height = 0;
	/** How many emoji there are. */
	count = 0;

	/** @param {readonly Section[]} sections @param {Sizes} sizes */
	constructor(sections, { columns, rowHeight, headingHeight }) {
		for (const section of sections) {
			this.#add(section, headingHeight, []);
			for (let from = 0; from < section.emoji.length; from += columns) {
				this.#add(section, rowHeight, section.emoji.slice(from, from + columns));
			}
		}
	}

	/** @param {Section} section @param {number} height @param {readonly Emoji[]} emoji */
	#add(section, height, emoji) {
		this.rows.push({ section, top: this.height, height, from: this.count, emoji });
		this.height += height;
		this.count += emoji.length;
	}

	/**
	 * The indices of the rows that are partly in a range of pixels.
	 * @param {number} top
	 * @param {number} bottom
	 * @returns {number[]}
	 */
	between(top, bottom) {
		const indices = [];
		let at = this.#first((row) => row.top + row.height > top);
		for (; at < this.rows.length && Number(this.rows[at]?.top) < bottom; at += 1) indices.push(at);
		return indices;
	}

	/** The index of the row with an emoji. @param {number} index of the emoji */
	rowOf(index) {
		return this.#first((row) => row.from + row.emoji.length > index);
	}

	/** Where a section begins. @param {string} name */
	topOf(name) {
		return this.rows.find(({ section }) => section.name === name)?.top ?? 0;
	}

	/**
	 * The emoji that an arrow key leads to; -1 above the first row.
	 * @param {string} key
	 * @param {number} index
	 * @returns {number | null} null for other keys
	 */
	next(key, index) {
		if (key === "ArrowRight") return Math.min(index + 1, this.count - 1);
		if (key === "ArrowLeft") return Math.max(index - 1, 0);
		if (key === "ArrowDown") return this.#inNextRow(index, 1) ?? index;
		if (key === "ArrowUp") return this.#inNextRow(index, -1) ?? -1;
		return null;
	}

	/** @param {number} index @param {1 | -1} step @returns {number | null} the emoji below or above */
	#inNextRow(index, step) {
		const row = this.rowOf(index);
		const column = index - Number(this.rows[row]?.from);
		let at = row + step;
		while (this.rows[at]?.emoji.length === 0) at += step;
		const next = this.rows[at];
		return next ? next.from + Math.min(column, next.emoji.length - 1) : null;
	}

	/** @param {(row: Row) => boolean} isReached false, then true @returns {number} the first row for which it is true */
	#first(isReached) {
		let [from, to] = [0, this.rows.length];
		while (from < to) {
			const middle = (from + to) >> 1;
			if (isReached(/** @type {Row} */ (this.rows[middle]))) to = middle;
			else from = middle + 1;
		}
		return from;
	}
}
