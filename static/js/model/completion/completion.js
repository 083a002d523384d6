import { Emitter } from "../base/emitter.js";

/**
 * @typedef {object} Option
 * @property {string} value what is written instead of what was typed
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [icon] an emoji
 * @property {import("../base/protocol.js").Person} [person] whose picture stands before it
 *
 * @typedef {object} Found
 * @property {number} from where in the text what was typed begins
 * @property {number} to
 * @property {Option[]} options the best first
 * @property {{parts: string[], at: number}} [hint] how it is used, and at which part one is
 *
 * @typedef {object} Source
 * @property {(text: string, caret: number) => Found | null | Promise<Found | null>} find
 */

/** So many options are offered at most. */
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
	/** What is asked now; answers to older questions are too late. */
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

	/** The index of the option that is chosen next. */
	get selectedIndex() {
		return this.#selectedIndex;
	}

	/** Whether the text may stay as it is: nothing is typed of what is offered, or all of the best option. */
	get isComplete() {
		const { from = 0, to = 0 } = this.#found ?? {};
		return from === to || this.options[this.#selectedIndex]?.value.trim() === this.#text.slice(from, to);
	}

	/** @param {string} text @param {number} caret where in it one is */
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

	/** The same as before, if it is about the same place. @param {Found | null} before */
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

	/** @param {Found | null} found @returns {boolean} whether there is something new */
	#add(found) {
		if (!found || (found.options.length === 0 && !found.hint)) return false;
		if (!this.#found) {
			this.#found = { ...found, options: found.options.slice(0, MAX_OPTIONS) };
			return true;
		}
		const { from, to, options } = this.#found;
		if (found.from !== from || found.to !== to) return false;
		const there = new Set(options.map(({ value }) => value));
		const more = found.options.filter(({ value }) => !there.has(value));
		this.#found = { ...this.#found, ...found, options: [...options, ...more].slice(0, MAX_OPTIONS) };
		return true;
	}
}
