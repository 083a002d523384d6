import { holdsFocus } from "../ui/dom.js";
import { Editor } from "./editor.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** Which message is being changed, and where. One at a time. */
export class Editing {
	#i18n;
	#actions;
	#does;
	/** @type {string | null} */
	#id = null;
	/** @type {Editor | null} */
	#editor = null;

	/** @param {I18n} i18n @param {Actions} actions @param {{changed: () => void, ended: () => void}} does */
	constructor(i18n, actions, does) {
		this.#i18n = i18n;
		this.#actions = actions;
		this.#does = does;
	}

	get id() {
		return this.#id;
	}

	/** @param {string} id */
	begin(id) {
		if (id !== this.#id) {
			this.#id = id;
			this.#editor = null;
			this.#does.changed();
		}
		this.#enter();
	}

	/** Another conversation is shown. */
	forget() {
		this.#id = this.#editor = null;
	}

	/** The message as it now is; it may change while it is being changed here. @param {Message} message */
	hear(message) {
		this.#editor?.hear(message);
	}

	/** @param {Message} message @returns {HTMLElement} */
	draw(message) {
		/** @type {Editor} */
		const editor = new Editor(message, this.#i18n, {
			save: (text, seq) => this.#actions.edit(message.id, text, seq),
			close: () => this.#end(editor),
		});
		this.#editor = editor;
		return editor.element;
	}

	/** It stands in the page: whoever asked for it types on in it, without a moment in which keys go elsewhere. */
	#enter() {
		this.#editor?.focus();
		this.#editor?.element.scrollIntoView({ block: "nearest" });
	}

	/** Saving takes a while: by then another one may be open, or the reader be elsewhere. @param {Editor} editor */
	#end(editor) {
		if (editor !== this.#editor) return;
		const holdsIt = holdsFocus(editor.element);
		this.forget();
		this.#does.changed();
		if (holdsIt) this.#does.ended();
	}
}
