import { Refusal } from "../model/refusal.js";
import { element, grow, isSubmitKey } from "./elements.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/protocol.js").Message} Message */

/** A message's text being changed, in the message's own place. */
export class Editor {
	#before;
	#i18n;
	#does;
	#area;
	#error = element("p", { class: "error", role: "alert" });

	/**
	 * @param {Message} message
	 * @param {I18n} i18n
	 * @param {{save: (text: string) => Promise<void>, close: () => void}} does
	 */
	constructor(message, i18n, does) {
		this.#before = message.text;
		this.#i18n = i18n;
		this.#does = does;
		this.#area = element("textarea", {
			class: "edit-text",
			rows: 1,
			dir: "auto",
			"aria-label": i18n.text("edit.label"),
		});
		this.#area.value = message.text;
		const attributes = { class: "message own editing begins ends", "data-id": message.id, "data-seq": message.seq };
		this.element = element("article", attributes, this.#form());
	}

	/** Once it stands in the page. */
	focus() {
		grow(this.#area);
		this.#area.focus();
		this.#area.setSelectionRange(this.#area.value.length, this.#area.value.length);
	}

	#form() {
		const cancel = element("button", { type: "button", class: "button small quiet" }, this.#i18n.text("edit.cancel"));
		const save = element("button", { class: "button small" }, this.#i18n.text("edit.save"));
		const buttons = element("div", { class: "buttons" }, cancel, save);
		const form = element("form", { class: "bubble editor" }, this.#area, this.#error, buttons);
		cancel.addEventListener("click", this.#does.close);
		this.#area.addEventListener("input", () => grow(this.#area));
		this.#area.addEventListener("keydown", (event) => this.#key(event));
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
		return form;
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (event.key === "Escape" && !event.isComposing) this.#does.close();
		if (!isSubmitKey(event)) return;
		event.preventDefault();
		this.#submit();
	}

	async #submit() {
		const text = this.#area.value.trim();
		if (!text || text === this.#before) return this.#does.close();
		try {
			await this.#does.save(text);
			this.#does.close();
		} catch (reason) {
			this.#error.textContent = this.#i18n.error(Refusal.from(reason));
			this.#area.focus();
		}
	}
}
