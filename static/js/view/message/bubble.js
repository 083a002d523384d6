import { headOf } from "../../model/text/head.js";
import { isOnlyEmoji, parse, shownIn } from "../../model/text/markup.js";
import { withSpoilerClosed } from "../../model/text/spoilers.js";
import { cardAttributes, nameNode } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { FileRenderer } from "./file.js";
import { TextRenderer } from "./text.js";

/** @typedef {import("../format/dates.js").Dates} Dates */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/text/inline.js").MarkupContext} MarkupContext */
/** @typedef {import("../../model/lists/person-directory.js").PersonDirectory} PersonDirectory */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/base/protocol.js").Quote} Quote */

/**
 * @typedef {object} BubbleCallbacks
 * @property {(conversation: string, message?: string) => void} openConversation
 * @property {(message?: Pick<Message, "mentions" | "mention_ranges">) => MarkupContext} markupContext
 * @property {() => void} expanding called before a long message is shown whole
 * @property {() => string | undefined} me
 * @property {() => readonly string[]} imageTypes content types that are shown as images
 * @property {(file: import("../../model/base/protocol.js").File) => void} viewImage opens the image viewer
 */

/** Renders the bubble of a message: the quoted message, the file, the text, the time. */
export class BubbleRenderer {
	#i18n;
	#dates;
	#persons;
	#callbacks;
	#texts;
	#files;
	/** Ids of the long messages that are shown whole. @type {Set<string>} */
	#whole = new Set();

	/** @param {I18n} i18n @param {Dates} dates @param {PersonDirectory} persons @param {BubbleCallbacks} callbacks */
	constructor(i18n, dates, persons, callbacks) {
		this.#i18n = i18n;
		this.#dates = dates;
		this.#persons = persons;
		this.#callbacks = callbacks;
		this.#files = new FileRenderer(i18n, callbacks.imageTypes);
		this.#texts = new TextRenderer(i18n, callbacks.openConversation, callbacks.me);
	}

	/** Call this when another conversation is shown. */
	reset() {
		this.#whole.clear();
		this.#texts.reset();
	}

	/** @param {Message} message @param {boolean} action */
	message(message, action) {
		const { author, text, sent, edited, via } = message;
		const actor = action ? [this.#actor(this.#persons.current(author))] : [];
		return element(
			"div",
			{ class: "bubble" },
			message.reply_to ? this.quote(message.reply_to, message.conversation) : null,
			message.file ? this.file(message.file) : null,
			...(text || action ? this.text(message, ...actor) : []),
			this.meta(sent, via && !action ? this.#viaMark(via) : null, edited ? this.#editedMark(edited) : null),
		);
	}

	/** @param {import("../../model/base/protocol.js").Person} person */
	#actor(person) {
		return element(
			"span",
			{ class: "doer" },
			"* ",
			element("span", cardAttributes(person), nameNode(person, this.#i18n)),
			" ",
		);
	}

	/** @param {Message} message */
	deleted({ sent }) {
		const text = element("p", { class: "text gone" }, icon("bin"), this.#i18n.text("message.deleted"));
		return element("div", { class: "bubble" }, text, this.meta(sent));
	}

	/**
	 * The text, or the beginning of a long one with a button that shows all of it.
	 * @param {Pick<Message, "id" | "text" | "mentions" | "mention_ranges">} message
	 * @param {...Node} prefix
	 * @returns {Node[]}
	 */
	text(message, ...prefix) {
		const parts = parse(message.text, this.#callbacks.markupContext(message));
		const head = this.#whole.has(message.id) ? null : headOf(parts);
		const text = this.#text(head ?? parts, prefix);
		return head ? [text, this.#showAll(message.id, text, parts, prefix)] : [text];
	}

	/** @param {readonly import("../../model/text/markup.js").Part[]} parts @param {readonly Node[]} prefix */
	#text(parts, prefix) {
		const isLarge = prefix.length === 0 && isOnlyEmoji(parts);
		const attributes = { class: isLarge ? "text large" : "text", dir: "auto" };
		return element("div", attributes, ...prefix, ...this.#texts.draw(parts));
	}

	/**
	 * @param {string} id of the message
	 * @param {HTMLElement} text shows its beginning
	 * @param {readonly import("../../model/text/markup.js").Part[]} parts all of it
	 * @param {readonly Node[]} prefix
	 */
	#showAll(id, text, parts, prefix) {
		text.classList.add("cut");
		const button = element("button", { type: "button", class: "show-all" }, this.#i18n.text("message.showAll"));
		button.addEventListener("click", () => {
			this.#whole.add(id);
			this.#callbacks.expanding();
			const whole = this.#text(parts, prefix);
			// The button goes: the focus moves to what it has shown.
			whole.tabIndex = -1;
			whole.id = text.id;
			text.replaceWith(whole);
			button.remove();
			whole.focus({ preventScroll: true });
		});
		return button;
	}

	/** @param {import("../../model/base/protocol.js").File} file */
	file(file) {
		return this.#files.draw(file, () => this.#callbacks.viewImage(file));
	}

	/** The quoted message in one line; a click jumps to it. @param {Quote} quote @param {string} conversation */
	quote(quote, conversation) {
		const line = element(
			"button",
			{ type: "button", class: "reply-quote", title: this.#i18n.text("reply.go") },
			element("span", { class: "reply-author" }, nameNode(this.#persons.current(quote.author), this.#i18n)),
			element("span", { class: "reply-text", dir: "auto" }, this.quoted(quote)),
		);
		line.addEventListener("click", () => this.#callbacks.openConversation(conversation, quote.id));
		return line;
	}

	/** @param {Quote} quote @returns {string} its text in one line */
	quoted({ text, deleted }) {
		if (deleted) return this.#i18n.text("message.deleted");
		return shownIn(parse(withSpoilerClosed(text), this.#callbacks.markupContext())) || this.#i18n.text("reply.file");
	}

	/** @param {number} at @param {...(Node | null)} marks */
	meta(at, ...marks) {
		const time = element(
			"time",
			{ datetime: new Date(at).toISOString(), title: this.#dates.full(at) },
			this.#dates.time(at),
		);
		return element("span", { class: "meta" }, ...marks, time);
	}

	/** @param {number} at */
	#editedMark(at) {
		const title = this.#i18n.text("message.editedAt", { time: this.#dates.full(at) });
		return element("span", { class: "edited", title }, this.#i18n.text("message.edited"));
	}

	/** @param {string} command */
	#viaMark(command) {
		return element("span", { class: "via" }, this.#i18n.text("message.via", { command: `/${command}` }));
	}
}
