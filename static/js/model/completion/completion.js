import { Emitter } from "../base/emitter.js";

/**
 * @typedef {object} Option
 * @property {string} value replaces the typed text
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [icon] an emoji
 * @property {import("../base/protocol.js").Person} [person] whose avatar is shown with it
 *
 * @typedef {object} Found
 * @property {number} from where the typed part begins in the text
 * @property {number} to
 * @property {Option[]} options the best first
 * @property {{parts: string[], at: number}} [hint] the usage of a command, and the part at the
 *   caret
 *
 * @typedef {object} Source
 * @property {(text: string, caret: number) => Found | null | Promise<Found | null>} find
 */

export const MAX_OPTIONS = 50;

/**
 * The options for the text at the caret. All sources are asked; late results are added if they are about the same
 * place in the text.
 * @extends {Emitter<{change: void}>}
 */
export class Completion extends Emitter {
	#sources;
	/** @type {Found | null} */
	#found = null;
	#selectedIndex = 0;
	#text = "";
	/** The number of the latest update. Results of earlier ones are discarded. */
	#round = 0;

	/** @param {readonly Source[]} sources */
	constructor(sources) {
		super();
		this.#sources = sources;
	}

	get options() {
		return this.#found?.options ?? [];
	}

	get hint() {
		return this.#found?.hint ?? null;
	}

	get isOpen() {
		return this.#found !== null;
	}

	/** The index of the option that `choose` takes. */
	get selectedIndex() {
		return this.#selectedIndex;
	}

	/** Whether the text needs no completion: nothing is typed yet, or the whole selected option. */
	get isComplete() {
		const { from = 0, to = 0 } = this.#found ?? {};
		return from === to || this.options[this.#selectedIndex]?.value.trim() === this.#text.slice(from, to);
	}

	/** @param {string} text @param {number} caret */
	update(text, caret) {
		this.#round += 1;
		const round = this.#round;
		const before = this.#found;
		this.#found = null;
		this.#text = text;
		for (const source of this.#sources) {
			const found = source.find(text, caret);
			if (!(found instanceof Promise)) this.#add(found);
			else found.then((late) => round === this.#round && this.#add(late) && this.emit("change")).catch(() => {});
		}
		this.#keepSelection(before);
		if (before || this.isOpen) this.emit("change");
	}

	/** Keep the selected index if the results are for the same place in the text. @param {Found | null} before */
	#keepSelection(before) {
		const isSame = this.#found !== null && this.#found.from === before?.from;
		this.#selectedIndex = isSame ? Math.min(this.#selectedIndex, Math.max(this.options.length - 1, 0)) : 0;
	}

	/** @param {number} step */
	move(step) {
		const count = this.options.length;
		if (count === 0) return;
		this.#selectedIndex = (this.#selectedIndex + step + count) % count;
		this.emit("change");
	}

	/** @param {number} [index] @returns {{from: number, to: number, value: string} | null} */
	choose(index = this.#selectedIndex) {
		const found = this.#found;
		const option = found?.options[index];
		this.close();
		return found && option ? { from: found.from, to: found.to, value: option.value } : null;
	}

	close() {
		this.#round += 1;
		if (!this.#found) return;
		this.#found = null;
		this.emit("change");
	}

	/** @param {Found | null} found @returns {boolean} whether anything was added */
	#add(found) {
		if (!found || (found.options.length === 0 && !found.hint)) return false;
		if (!this.#found) {
			this.#found = { ...found, options: found.options.slice(0, MAX_OPTIONS) };
			return true;
		}
		const { from, to, options } = this.#found;
		if (found.from !== from || found.to !== to) return false;
		const known = new Set(options.map(({ value }) => value));
		const added = found.options.filter(({ value }) => !known.has(value));
		this.#found = { ...this.#found, ...found, options: [...options, ...added].slice(0, MAX_OPTIONS) };
		return true;
	}
}
