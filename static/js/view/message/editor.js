import { Refusal } from "../../model/base/refusal.js";
import { element, grow, holdsFocus, isComposed, isSubmitKey } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** A message's text being changed, in the message's own place. */
export class Editor {
	/** The version that is being changed. @type {Message} */
	#before;
	/** The message as it now is. @type {Message} */
	#now;
	#i18n;
	#callbacks;
	#area;
	#error = element("p", { class: "error", role: "alert" });
	#otherVersion = element("div", { class: "edit-theirs", hidden: true });

	/**
	 * @param {Message} message
	 * @param {I18n} i18n
	 * @param {{save: (text: string, seq: number) => Promise<void>, close: () => void}} callbacks
	 */
	constructor(message, i18n, callbacks) {
		this.#before = this.#now = message;
		this.#i18n = i18n;
		this.#callbacks = callbacks;
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
		const form = element("form", { class: "bubble editor" }, this.#otherVersion, this.#area, this.#error, buttons);
		cancel.addEventListener("click", this.#callbacks.close);
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
		if (event.key === "Escape" && !isComposed(event)) this.#callbacks.close();
		if (!isSubmitKey(event)) return;
		event.preventDefault();
		this.#submit();
	}

	async #submit() {
		const text = this.#area.value.trim();
		const isEmptied = !text && !this.#before.file;
		if (isEmptied || text === this.#before.text) return this.#callbacks.close();
		try {
			await this.#callbacks.save(text, this.#before.seq);
			this.#callbacks.close();
		} catch (reason) {
			const refusal = Refusal.from(reason);
			this.#error.textContent = this.#i18n.error(refusal);
			if (holdsFocus(this.element)) this.#area.focus();
			if (refusal.code === "edit_conflict") this.#showConflict();
		}
	}

	/** The message changed elsewhere: here it stays what it was, until saving meets the change. @param {Message} message */
	update(message) {
		if (message.seq <= this.#now.seq) return;
		this.#now = message;
		if (!this.#otherVersion.hidden) this.#showConflict();
	}

	/** Both texts are kept: theirs is shown, mine can be saved over it. */
	#showConflict() {
		this.#before = this.#now;
		const take = element(
			"button",
			{ type: "button", class: "button small quiet" },
			this.#i18n.text("edit.theirs.take"),
		);
		take.addEventListener("click", () => {
			this.#area.value = this.#now.text;
			grow(this.#area);
			this.#area.focus();
		});
		this.#otherVersion.replaceChildren(
			element("p", { class: "edit-theirs-label" }, this.#i18n.text("edit.theirs")),
			element("p", { class: "edit-theirs-text", dir: "auto" }, this.#now.text),
			take,
		);
		this.#otherVersion.hidden = false;
	}
}
