import { isOnlyEmoji, parse, shownIn } from "../../model/text/markup.js";
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
 * @property {(mentions: readonly string[]) => MarkupContext} markupContext
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

	/** @param {I18n} i18n @param {Dates} dates @param {PersonDirectory} persons @param {BubbleCallbacks} callbacks */
	constructor(i18n, dates, persons, callbacks) {
		this.#i18n = i18n;
		this.#dates = dates;
		this.#persons = persons;
		this.#callbacks = callbacks;
		this.#files = new FileRenderer(i18n, callbacks.imageTypes);
		this.#texts = new TextRenderer(i18n, callbacks.openConversation, callbacks.me);
	}

	/** @param {Message} message @param {boolean} action */
	message(message, action) {
		const { author, text, sent, edited, mentions, via } = message;
		const actor = action ? [this.#actor(this.#persons.current(author))] : [];
		return element(
			"div",
			{ class: "bubble" },
			message.reply_to ? this.quote(message.reply_to, message.conversation) : null,
			message.file ? this.file(message.file) : null,
			text || action ? this.text(text, mentions, ...actor) : null,
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

	/** @param {string} text @param {readonly string[]} [mentions] @param {...Node} prefix */
	text(text, mentions = [], ...prefix) {
		const parts = parse(text, this.#callbacks.markupContext(mentions));
		const isLarge = prefix.length === 0 && isOnlyEmoji(parts);
		return element(
			"div",
			{ class: isLarge ? "text large" : "text", dir: "auto" },
			...prefix,
			...this.#texts.draw(parts),
		);
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
		return shownIn(parse(text, this.#callbacks.markupContext([]))) || this.#i18n.text("reply.file");
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
