import { isOnlyEmoji, parse } from "../model/markup.js";
import { avatar, colour } from "./avatar.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { nameNode, nameOf, toCard } from "./person.js";
import { TextDrawer } from "./text.js";

/** @typedef {import("./dates.js").Dates} Dates */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("../model/protocol.js").Message} Message */
/** @typedef {import("../model/outbox.js").Entry} Entry */
/** @typedef {import("../model/persons.js").Persons} Persons */
/** @typedef {import("../model/protocol.js").Person} Person */

/**
 * @typedef {object} Does what can be done to a line
 * @property {(channel: string) => void} go
 * @property {(id: string) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(id: string) => void} again
 * @property {(id: string) => void} discard
 * @property {(mentions: readonly string[]) => import("../model/inline.js").Reading} reading
 * @property {() => string | undefined} me
 */

/** Draws the lines of people: messages, and what waits to become one. */
export class MessageDrawer {
	#i18n;
	#dates;
	#does;
	#persons;
	#texts;

	/** @param {I18n} i18n @param {Dates} dates @param {Persons} persons @param {Does} does */
	constructor(i18n, dates, persons, does) {
		this.#i18n = i18n;
		this.#persons = persons;
		this.#dates = dates;
		this.#does = does;
		this.#texts = new TextDrawer(i18n, does.go, does.me);
	}

	/** @param {Row} row @param {Message} message @param {boolean} own */
	message(row, message, own) {
		const { id, seq, kind, deleted } = message;
		const author = this.#persons.now(message.author);
		const action = kind === "action" && !deleted;
		const line = element(
			"article",
			{ class: classes(row, own, action), "data-id": id, "data-seq": seq, "data-deleted": Boolean(deleted) },
			own || action ? null : this.#face(author),
			own || action ? this.#author(author) : this.#authorOfCard(author),
			this.#bubble(message, action),
			own && !deleted && seq > 0 ? this.#menu(message) : null,
		);
		colour(line, author.name);
		return line;
	}

	/** One line for what somebody wrote whom one ignores. @param {Message} message @param {() => void} open */
	folded({ id, seq, author }, open) {
		const name = nameOf(this.#persons.now(author), this.#i18n);
		const button = element("button", { type: "button", class: "fold" }, icon("hidden"));
		button.append(this.#i18n.text("message.folded", { name }));
		button.addEventListener("click", open);
		return element("article", { class: "message folded", "data-id": id, "data-seq": seq }, button);
	}

	/** @param {Row} row @param {Entry} entry @param {Person} author me */
	entry(row, entry, author) {
		const { id, text, refused, created } = entry;
		const state = refused ? icon("warning") : icon("clock");
		return element(
			"article",
			{
				class: `${classes(row, true, false)} waiting`,
				"data-id": id,
				"data-pending": true,
				"data-refused": refused?.code,
			},
			this.#author(author),
			element(
				"div",
				{ class: "bubble" },
				this.#text(text, []),
				this.#meta(
					created,
					element("span", { class: "hidden" }, this.#i18n.text(refused ? "message.refused" : "message.waiting")),
					state,
				),
			),
			refused ? this.#refusal(id, refused) : null,
		);
	}

	/** A picture that leads to a card, for the pointer: by keyboard the name does. @param {Person} author */
	#face(author) {
		const face = avatar(author);
		face.dataset.card = author.id;
		return face;
	}

	/**
	 * Always there for those who listen; the style sheet shows it where a group begins.
	 * @param {Person} author
	 */
	#author(author) {
		return element("span", { class: "author" }, nameNode(author, this.#i18n));
	}

	/** @param {Person} author */
	#authorOfCard(author) {
		return element("span", { class: "author" }, element("span", toCard(author), nameNode(author, this.#i18n)));
	}

	/** @param {Message} message @param {boolean} action */
	#bubble({ author: writer, text, sent, edited, deleted, mentions }, action) {
		if (deleted) {
			const gone = element("p", { class: "text gone" }, icon("bin"), this.#i18n.text("message.deleted"));
			return element("div", { class: "bubble" }, gone, this.#meta(sent));
		}
		const doer = action ? [this.#doer(this.#persons.now(writer))] : [];
		return element(
			"div",
			{ class: "bubble" },
			this.#text(text, mentions, ...doer),
			this.#meta(sent, edited ? this.#editedMark(edited) : null),
		);
	}

	/** @param {Person} person */
	#doer(person) {
		return element("span", { class: "doer" }, "* ", element("span", toCard(person), nameNode(person, this.#i18n)), " ");
	}

	/** @param {string} text @param {readonly string[]} [mentions] @param {...Node} before */
	#text(text, mentions = [], ...before) {
		const parts = parse(text, this.#does.reading(mentions));
		const large = before.length === 0 && isOnlyEmoji(parts);
		return element("div", { class: large ? "text large" : "text", dir: "auto" }, ...before, ...this.#texts.draw(parts));
	}

	/** @param {number} at @param {...(Node | null)} marks */
	#meta(at, ...marks) {
		const time = element(
			"time",
			{ datetime: new Date(at).toISOString(), title: this.#dates.full(at) },
			this.#dates.time(at),
		);
		return element("span", { class: "meta" }, ...marks, time);
	}

	/** @param {number} at */
	#editedMark(at) {
		return element("span", { class: "edited", title: this.#dates.full(at) }, this.#i18n.text("message.edited"));
	}

	/** @param {Message} message */
	#menu(message) {
		return menuButton(this.#i18n.text("message.menu"), () => [
			{ icon: "pencil", label: this.#i18n.text("message.edit"), choose: () => this.#does.edit(message.id) },
			{ icon: "bin", label: this.#i18n.text("message.delete"), danger: true, choose: () => this.#does.remove(message) },
		]);
	}

	/** @param {string} id @param {{code: string, message: string}} reason */
	#refusal(id, reason) {
		const again = element(
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
		again.addEventListener("click", () => this.#does.again(id));
		discard.addEventListener("click", () => this.#does.discard(id));
		return element(
			"div",
			{ class: "refusal" },
			element("span", { class: "reason" }, this.#i18n.error(reason)),
			again,
			discard,
		);
	}
}

/** @param {Row} row @param {boolean} own @param {boolean} action */
function classes({ begins, ends }, own, action) {
	const parts = ["message", action ? "action" : own ? "own" : "other", begins && "begins", ends && "ends"];
	return parts.filter(Boolean).join(" ");
}
