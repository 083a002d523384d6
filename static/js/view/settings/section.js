import { Refusal } from "../../model/base/refusal.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */

/** One part of the settings: a heading that can be led to, what there is to do, and what became of it. */
export class Section {
	#i18n;
	#errorText;
	#doneText;
	#isBusy = false;

	/**
	 * @param {string} id also the anchor
	 * @param {I18n} i18n
	 * @param {{form?: boolean}} [kind]
	 */
	constructor(id, i18n, { form = false } = {}) {
		this.#i18n = i18n;
		this.id = id;
		this.heading = element("h2", { id: `${id}-title`, tabindex: "-1" }, i18n.text(`settings.${id}`));
		this.#errorText = element("p", { class: "error", id: `${id}-error`, role: "alert" });
		this.#doneText = element("p", { class: "done", id: `${id}-done`, role: "status" });
		this.element = element(form ? "form" : "section", {
			id,
			class: "settings-part",
			"aria-labelledby": `${id}-title`,
			novalidate: form,
		});
		this.fill();
	}

	/** @param {...(Node | string | null)} children all there is below the heading */
	fill(...children) {
		const shown = children.filter((child) => child !== null);
		this.element.replaceChildren(this.heading, ...shown, this.#errorText, this.#doneText);
	}

	/** What is wrong stands above what it is about. @param {Element} field */
	errorAbove(field) {
		field.before(this.#errorText);
	}

	/** @param {string} text */
	showDone(text) {
		this.#errorText.textContent = "";
		this.#doneText.textContent = text;
	}

	/** @param {unknown} reason a refusal, or the words themselves */
	showError(reason) {
		this.#doneText.textContent = "";
		this.#errorText.textContent = typeof reason === "string" ? reason : this.#i18n.error(Refusal.from(reason));
	}

	clear() {
		this.showDone("");
	}

	/** As `attempt`, and not again before it is done: who presses twice means it once. @param {() => Promise<unknown>} work */
	async attemptOnce(work) {
		if (this.#isBusy) return;
		this.#isBusy = true;
		await this.attempt(work);
		this.#isBusy = false;
	}

	/**
	 * Take a line off a list, or change it: it is drawn anew, and the keyboard goes on at the heading.
	 * @param {() => Promise<unknown>} work
	 * @param {() => Promise<unknown>} [load] draws the list
	 */
	async change(work, load = async () => {}) {
		if (!(await this.attempt(work))) return;
		await load();
		this.heading.focus();
	}

	/**
	 * Do something, and tell what became of it.
	 * @param {() => Promise<unknown>} work
	 * @param {string} [success] what is said then
	 * @returns {Promise<boolean>} whether it was done
	 */
	async attempt(work, success = "") {
		try {
			await work();
			this.showDone(success);
			return true;
		} catch (reason) {
			this.showError(reason);
			return false;
		}
	}
}

/** @param {string} text */
export const hint = (text) => element("p", { class: "hint" }, text);

/** @param {string} label @param {() => unknown} act @param {Record<string, import("../ui/dom.js").Value>} [attributes] */
export function button(label, act, attributes = {}) {
	const made = element("button", { type: "button", class: "button small quiet", ...attributes }, label);
	made.addEventListener("click", async () => {
		if (made.disabled) return;
		made.disabled = true;
		await act();
		made.disabled = false;
	});
	return made;
}
