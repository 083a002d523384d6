import { holdsFocus } from "../ui/dom.js";
import { Editor } from "./editor.js";

/** @typedef {import("../actions.js").MessageOperations} MessageOperations */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** Which message is being changed, and where. One at a time. */
export class Editing {
	#i18n;
	#messages;
	#callbacks;
	/** @type {string | null} */
	#id = null;
	/** @type {Editor | null} */
	#editor = null;

	/** @param {I18n} i18n @param {MessageOperations} messages @param {{changed: () => void, ended: () => void}} callbacks */
	constructor(i18n, messages, callbacks) {
		this.#i18n = i18n;
		this.#messages = messages;
		this.#callbacks = callbacks;
	}

	get id() {
		return this.#id;
	}

	/** @param {string} id */
	begin(id) {
		if (id !== this.#id) {
			this.#id = id;
			this.#editor = null;
			this.#callbacks.changed();
		}
		this.#focus();
	}

	/** Another conversation is shown. */
	reset() {
		this.#id = this.#editor = null;
	}

	/** The message as it now is; it may change while it is being changed here. @param {Message} message */
	update(message) {
		this.#editor?.update(message);
	}

	/** @param {Message} message @returns {HTMLElement} */
	draw(message) {
		/** @type {Editor} */
		const editor = new Editor(message, this.#i18n, {
			save: (text, seq) => this.#messages.edit(message.id, text, seq),
			close: () => this.#end(editor),
		});
		this.#editor = editor;
		return editor.element;
	}

	/** It stands in the page: whoever asked for it types on in it, without a moment in which keys go elsewhere. */
	#focus() {
		this.#editor?.focus();
		this.#editor?.element.scrollIntoView({ block: "nearest" });
	}

	/** Saving takes a while: by then another one may be open, or the reader be elsewhere. @param {Editor} editor */
	#end(editor) {
		if (editor !== this.#editor) return;
		const holdsIt = holdsFocus(editor.element);
		this.reset();
		this.#callbacks.changed();
		if (holdsIt) this.#callbacks.ended();
	}
}
