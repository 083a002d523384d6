import { holdsFocus } from "../ui/dom.js";
import { Editor } from "./editor.js";

/** @typedef {import("../actions.js").MessageOperations} MessageOperations */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** Tracks which message is being edited, one at a time, and its editor. */
export class Editing {
	#i18n;
	#messages;
	#callbacks;
	/** @type {string | null} */
	#id = null;
	/** @type {Editor | null} */
	#editor = null;

	/**
	 * @param {I18n} i18n
	 * @param {MessageOperations} messages
	 * @param {{changed: () => void, ended: () => void}} callbacks
	 */
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

	/** Call this when another conversation is shown. */
	reset() {
		this.#id = this.#editor = null;
	}

	/** Pass a new version on: the message may be edited elsewhere at the same time. @param {Message} message */
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

	/** The editor is in the page already. The focus moves at once, so that no key goes elsewhere. */
	#focus() {
		this.#editor?.focus();
		this.#editor?.element.scrollIntoView({ block: "nearest" });
	}

	/** Saving takes a while: by then another editor may be open, or the focus may be elsewhere. @param {Editor} editor */
	#end(editor) {
		if (editor !== this.#editor) return;
		const hasFocus = holdsFocus(editor.element);
		this.reset();
		this.#callbacks.changed();
		if (hasFocus) this.#callbacks.ended();
	}
}
