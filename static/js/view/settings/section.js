import { Refusal } from "../../model/base/refusal.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */

/** A section of the settings: a heading that can have the focus, the content, and the result of the last action. */
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

	/** @param {...(Node | string | null)} children the content below the heading */
	fill(...children) {
		const shown = children.filter((child) => child !== null);
		this.element.replaceChildren(this.heading, ...shown, this.#errorText, this.#doneText);
	}

	/** Place the error text above the field that it is about. @param {Element} field */
	errorAbove(field) {
		field.before(this.#errorText);
	}

	/** @param {string} text */
	showDone(text) {
		this.#errorText.textContent = "";
		this.#doneText.textContent = text;
	}

	/** @param {unknown} reason a refusal, or the text to show */
	showError(reason) {
		this.#doneText.textContent = "";
		this.#errorText.textContent = typeof reason === "string" ? reason : this.#i18n.error(Refusal.from(reason));
	}

	clear() {
		this.showDone("");
	}

	/** Like `attempt`, but ignores a second call while the first is running. @param {() => Promise<unknown>} action */
	async attemptOnce(action) {
		if (this.#isBusy) return;
		this.#isBusy = true;
		await this.attempt(action);
		this.#isBusy = false;
	}

	/**
	 * Change or remove an entry of a list. The list is rendered again, and the focus moves to the heading.
	 * @param {() => Promise<unknown>} action
	 * @param {() => Promise<unknown>} [load] renders the list
	 */
	async change(action, load = async () => {}) {
		if (!(await this.attempt(action))) return;
		await load();
		this.heading.focus();
	}

	/**
	 * Run an action, and show its result or its error.
	 * @param {() => Promise<unknown>} action
	 * @param {string} [success] the text to show afterwards
	 * @returns {Promise<boolean>} whether it succeeded
	 */
	async attempt(action, success = "") {
		try {
			await action();
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

/**
 * @param {string} label
 * @param {() => unknown} onClick
 * @param {Record<string, import("../ui/dom.js").Value>} [attributes]
 */
export function button(label, onClick, attributes = {}) {
	const node = element("button", { type: "button", class: "button small quiet", ...attributes }, label);
	node.addEventListener("click", async () => {
		if (node.disabled) return;
		node.disabled = true;
		await onClick();
		node.disabled = false;
	});
	return node;
}
