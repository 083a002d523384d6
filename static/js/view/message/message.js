import { avatar, colour } from "../format/avatar.js";
import { cardAttributes, nameNode, nameOf } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { BubbleRenderer } from "./bubble.js";
import { ReactionsRenderer } from "./reactions.js";

/** @typedef {import("../format/dates.js").Dates} Dates */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("./message-actions.js").MessageActions} MessageActions */
/** @typedef {import("./row.js").Row} Row */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../../model/lists/person-directory.js").PersonDirectory} PersonDirectory */
/** @typedef {import("../../model/base/protocol.js").Person} Person */

/**
 * @typedef {object} EntryCallbacks the actions on an outbox entry that was refused
 * @property {(id: string) => void} retry
 * @property {(id: string) => void} discard
 */

/** Renders messages, and outbox entries that are not sent yet. */
export class MessageRenderer {
	#i18n;
	#callbacks;
	#persons;
	#actions;
	#bubbles;
	#reactions;

	/**
	 * @param {I18n} i18n
	 * @param {Dates} dates
	 * @param {PersonDirectory} persons
	 * @param {MessageActions} actions
	 * @param {EntryCallbacks & import("./bubble.js").BubbleCallbacks} callbacks
	 */
	constructor(i18n, dates, persons, actions, callbacks) {
		this.#i18n = i18n;
		this.#persons = persons;
		this.#callbacks = callbacks;
		this.#actions = actions;
		this.#bubbles = new BubbleRenderer(i18n, dates, persons, callbacks);
		this.#reactions = new ReactionsRenderer(i18n, persons, {
			react: (message, emoji, on) => actions.react(message, emoji, on),
			pick: (button, message) => actions.pick(button, message),
			me: callbacks.me,
		});
	}

	/** Call this when another conversation is shown. */
	reset() {
		this.#bubbles.reset();
	}

	/** @param {Row} row @param {Message} message @param {boolean} own */
	message(row, message, own) {
		const { id, seq, kind, deleted } = message;
		const author = this.#persons.current(message.author);
		const action = kind === "action" && !deleted;
		const hasMenu = !deleted && seq > 0;
		const line = element(
			"article",
			{
				class: classes(row, own, action),
				"data-id": id,
				"data-seq": seq,
				"data-deleted": Boolean(deleted),
			},
			own || action ? null : this.#avatar(author),
			own || action ? this.#author(author) : this.#authorButton(author, row.begins),
			deleted ? this.#bubbles.deleted(message) : this.#bubbles.message(message, action),
			hasMenu ? this.#actions.button(message) : null,
			deleted ? null : this.#reactions.draw(message),
		);
		colour(line, author.name);
		return named(line, id);
	}

	/** One line in place of a message by an ignored user. @param {Message} message @param {() => void} open */
	folded({ id, seq, author }, open) {
		const name = nameOf(this.#persons.current(author), this.#i18n);
		const button = element("button", { type: "button", class: "fold" }, icon("hidden"));
		button.append(this.#i18n.text("message.folded", { name }));
		button.addEventListener("click", open);
		return element("article", { class: "message folded", "data-id": id, "data-seq": seq }, button);
	}

	/**
	 * Changes when a message must be rendered again because its quote or one of its users changed.
	 * @param {Message} message
	 */
	version(message) {
		const { reply_to: quote } = message;
		const persons = [message.author.id, ...(message.mentions ?? []), ...(quote ? [quote.author.id] : [])];
		const versions = persons.map((id) =>
			id === "here" ? "" : `${this.#persons.version(id)}${this.#persons.find(id)?.name}`,
		);
		const quoted = quote ? `${Boolean(quote.deleted)} ${quote.text}` : "";
		return `${versions.join()} ${quoted} ${this.#reactions.version(message)}`;
	}

	/** @param {Row} row @param {Entry} entry @param {Person} author the user */
	entry(row, entry, author) {
		const { id, conversation, text, refused, created, reply_to: quote } = entry;
		const stateIcon = refused ? icon("warning") : icon("clock");
		const stateText = element(
			"span",
			{ class: "hidden" },
			this.#i18n.text(refused ? "message.refused" : "message.waiting"),
		);
		const bubble = element(
			"div",
			{ class: "bubble" },
			quote ? this.#bubbles.quote(quote, conversation) : null,
			entry.file ? this.#bubbles.file(entry.file) : null,
			...(text ? this.#bubbles.text({ id, text }) : []),
			this.#bubbles.meta(created, stateText, stateIcon),
		);
		const line = element(
			"article",
			{
				class: `${classes(row, true, false)} waiting`,
				"data-id": id,
				"data-pending": true,
				"data-refused": refused?.code,
			},
			this.#author(author),
			bubble,
			refused ? this.#refusal(id, refused) : null,
		);
		return named(line, id);
	}

	/**
	 * The avatar opens the card by pointer. By keyboard the name does, so there is only one tab stop.
	 * @param {Person} author
	 */
	#avatar(author) {
		const node = avatar(author);
		node.dataset.card = author.id;
		return node;
	}

	/** Always present for screen readers; the style sheet shows it where a group begins. @param {Person} author */
	#author(author) {
		return element("span", { class: "author" }, nameNode(author, this.#i18n));
	}

	/** @param {Person} author @param {boolean} begins a group */
	#authorButton(author, begins) {
		const attributes = { ...cardAttributes(author), tabindex: tabIndexFor(begins) };
		return element("span", { class: "author" }, element("span", attributes, nameNode(author, this.#i18n)));
	}

	/** @param {string} id @param {{code: string, message: string}} reason */
	#refusal(id, reason) {
		const retry = element(
			"button",
			{ type: "button", class: "button small" },
			icon("again"),
			this.#i18n.text("message.again"),
		);
		const discard = element(
			"button",
			{ type: "button", class: "button small quiet" },
			this.#i18n.text("message.discard"),
		);
		retry.addEventListener("click", () => this.#callbacks.retry(id));
		discard.addEventListener("click", () => this.#callbacks.discard(id));
		return element(
			"div",
			{ class: "refusal" },
			element("span", { class: "reason" }, this.#i18n.error(reason)),
			retry,
			discard,
		);
	}
}

/**
 * What names a message for screen readers: parts of its line, by the prefix of their ids. The text of an action contains
 * its author.
 * @type {[string, string][]}
 */
const NAME_PARTS = [
	["author", ":scope:not(.action) > .author"],
	["time", ".meta > time"],
	["file", ".file-name, .picture"],
	["text", ".text"],
];

/** Name a message by its parts. @param {HTMLElement} line @param {string} id of the message */
function named(line, id) {
	const parts = NAME_PARTS.flatMap(([prefix, selector]) => {
		const part = line.querySelector(selector);
		part?.setAttribute("id", `${prefix}-${id}`);
		return part ? [part.id] : [];
	});
	line.setAttribute("aria-labelledby", parts.join(" "));
	return line;
}

/**
 * A name that only screen readers announce is no tab stop.
 * @param {boolean} begins a group, so that the name is visible
 */
export const tabIndexFor = (begins) => (begins ? "0" : "-1");

/** @param {Row} row @param {boolean} own @param {boolean} action */
function classes({ begins, ends }, own, action) {
	const parts = ["message", action ? "action" : own ? "own" : "other", begins && "begins", ends && "ends"];
	return parts.filter(Boolean).join(" ");
}
