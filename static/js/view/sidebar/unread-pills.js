import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {"above" | "below"} Side */

const UNREAD = '.entry:not([data-unread="0"]):not(:has(.badge.silent))';
/** An entry counts as out of view if less than this part of it is visible. */
const VISIBLE_PART = 0.5;

/** Two buttons over the list: how many unread conversations wait out of view, above and below. */
export class UnreadPills {
	#scroller;
	#i18n;
	#isScheduled = false;
	/** @type {Record<Side, HTMLButtonElement>} */
	#buttons;

	/** @param {HTMLElement} scroller @param {I18n} i18n */
	constructor(scroller, i18n) {
		this.#scroller = scroller;
		this.#i18n = i18n;
		this.#buttons = { above: this.#button("above"), below: this.#button("below") };
		this.elements = [this.#buttons.above, this.#buttons.below];
		scroller.addEventListener("scroll", () => this.schedule(), { passive: true });
		new ResizeObserver(() => this.schedule()).observe(scroller);
	}

	/** Count again with the next frame. */
	schedule() {
		if (this.#isScheduled) return;
		this.#isScheduled = true;
		requestAnimationFrame(() => {
			this.#isScheduled = false;
			const hidden = this.#hidden();
			this.#render("above", hidden.above.length);
			this.#render("below", hidden.below.length);
		});
	}

	/** The unread entries out of view. @returns {Record<Side, HTMLElement[]>} */
	#hidden() {
		const { top, bottom } = this.#scroller.getBoundingClientRect();
		/** @type {HTMLElement[]} */
		const unread = [...this.#scroller.querySelectorAll(UNREAD)].map((one) => /** @type {HTMLElement} */ (one));
		const middle = (/** @type {HTMLElement} */ entry) => {
			const box = entry.getBoundingClientRect();
			return box.top + box.height * VISIBLE_PART;
		};
		return {
			above: unread.filter((entry) => middle(entry) < top),
			below: unread.filter((entry) => middle(entry) > bottom),
		};
	}

	/** @param {Side} side @param {number} count */
	#render(side, count) {
		const button = this.#buttons[side];
		// A button that disappears must not take the focus away with it.
		if (count === 0 && button === document.activeElement)
			this.#scroller.querySelector("a")?.focus({ preventScroll: true });
		button.hidden = count === 0;
		const text = this.#i18n.text(`list.unread.${side}`, { count });
		if (count > 0 && button.lastChild) button.lastChild.textContent = text;
	}

	/** @param {Side} side */
	#button(side) {
		const button = element(
			"button",
			{ type: "button", class: `unread-pill ${side}`, hidden: true },
			icon(side === "above" ? "up" : "down"),
			element("span"),
		);
		button.addEventListener("click", () => {
			const { above, below } = this.#hidden();
			const next = side === "above" ? above.at(-1) : below[0];
			next?.scrollIntoView({ block: "center" });
			next?.querySelector("a")?.focus({ preventScroll: true });
		});
		return button;
	}
}
