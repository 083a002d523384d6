import { Refusal } from "../../model/base/refusal.js";
import { sentForm } from "../../model/text/sent-form.js";
import { element, grow, holdsFocus, isComposed, isSubmitKey } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** Edits the text of a message in place. */
export class Editor {
	/** The version that the edit is based on. @type {Message} */
	#base;
	/** The newest version. @type {Message} */
	#newest;
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
		this.#base = this.#newest = message;
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

	/** Call this once the editor is in the page: the height depends on the layout. */
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
		const text = sentForm(this.#area.value);
		const isEmptied = !text && !this.#base.file;
		if (isEmptied || text === sentForm(this.#base.text)) return this.#callbacks.close();
		try {
			await this.#callbacks.save(text, this.#base.seq);
			this.#callbacks.close();
		} catch (reason) {
			const refusal = Refusal.from(reason);
			this.#error.textContent = this.#i18n.error(refusal);
			if (holdsFocus(this.element)) this.#area.focus();
			if (refusal.code === "edit_conflict") this.#showConflict();
		}
	}

	/**
	 * The message changed elsewhere. The edit keeps its base, so that saving it reports the conflict.
	 * @param {Message} message
	 */
	update(message) {
		if (message.seq <= this.#newest.seq) return;
		this.#newest = message;
		if (!this.#otherVersion.hidden) this.#showConflict();
	}

	/** Keep both texts: show the other version, and base the next save on it. */
	#showConflict() {
		this.#base = this.#newest;
		const useOther = element(
			"button",
			{ type: "button", class: "button small quiet" },
			this.#i18n.text("edit.theirs.take"),
		);
		useOther.addEventListener("click", () => {
			this.#area.value = this.#newest.text;
			grow(this.#area);
			this.#area.focus();
		});
		this.#otherVersion.replaceChildren(
			element("p", { class: "edit-theirs-label" }, this.#i18n.text("edit.theirs")),
			element("p", { class: "edit-theirs-text", dir: "auto" }, this.#newest.text),
			useOther,
		);
		this.#otherVersion.hidden = false;
	}
}
