import { tailOf } from "../../model/text/head.js";
import { sentForm } from "../../model/text/sent-form.js";
import { withBlocks } from "../../model/text/spoilers.js";
import { avatar, colour } from "../format/avatar.js";
import { nameNode, nameOf } from "../format/person-label.js";
import { element, setText } from "../ui/dom.js";

/** @typedef {import("../format/dates.js").Dates} Dates */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("./row.js").Row} Row */
/** @typedef {import("../../model/base/messages.js").Ghost} Ghost */
/** @typedef {import("../../model/lists/person-directory.js").PersonDirectory} PersonDirectory */

/** How many of those who type without letters are named. */
const MAX_NAMED = 2;

/**
 * Renders ghosts: drafts while they are typed. They are hidden from screen readers, which announce the message once it
 * is sent. They are laid out like messages, with space for the time, so that nothing moves when the message comes.
 */
export class GhostRenderer {
	#i18n;
	#dates;
	#persons;
	#continueHere;

	/**
	 * @param {I18n} i18n
	 * @param {Dates} dates
	 * @param {PersonDirectory} persons
	 * @param {() => void} continueHere continues the draft of the user's other device
	 */
	constructor(i18n, dates, persons, continueHere) {
		this.#persons = persons;
		this.#i18n = i18n;
		this.#dates = dates;
		this.#continueHere = continueHere;
	}

	/** @param {Ghost} ghost */
	ghost({ id, author: writer }) {
		const author = this.#persons.current(writer);
		const body = element(
			"div",
			{ class: "ghost-body" },
			element("p", { class: "text", dir: "auto" }),
			this.#timeSpace(),
		);
		const line = element(
			"article",
			{ class: "message other ghost", "data-ghost": id, "aria-hidden": "true" },
			avatar(author),
			element("span", { class: "author" }, nameNode(author, this.#i18n)),
			element("div", { class: "bubble" }, element("div", { class: "ghost-window" }, body)),
		);
		colour(line, author.name);
		return line;
	}

	/** A placeholder where the user's own message will be. @param {string} id */
	own(id) {
		const title = this.#i18n.text("ghost.own");
		return element(
			"article",
			{ class: "message own ghost", "data-ghost": id, "data-own": true, "aria-hidden": "true" },
			element("div", { class: "bubble own-place", title }, dots()),
		);
	}

	/** The user's own draft on another device. @param {string} id */
	elsewhere(id) {
		const continueHere = element(
			"button",
			{ type: "button", class: "button small quiet continue" },
			this.#i18n.text("ghost.goOn"),
		);
		continueHere.addEventListener("click", this.#continueHere);
		return element(
			"article",
			{ class: "message own ghost elsewhere", "data-ghost": id, "data-own": true },
			element("div", { class: "bubble" }, element("p", { class: "text", dir: "auto" }), this.#timeSpace()),
			element(
				"div",
				{ class: "elsewhere-line" },
				element("span", {}, this.#i18n.text("ghost.elsewhere")),
				continueHere,
			),
		);
	}

	/** One line for all ghosts that have no line of their own. */
	crowd() {
		return element("div", { id: "crowd", class: "crowd", "aria-hidden": "true" }, dots(), element("span"));
	}

	/** @param {HTMLElement} line @param {Row} row */
	refresh(line, { ghost, own, crowd }) {
		if (ghost) write(line, ghost.text);
		if (own && own.text !== null) write(line, own.text);
		if (crowd) this.#count(line, crowd);
	}

	/** @param {HTMLElement} line @param {Ghost[]} crowd */
	#count(line, crowd) {
		const names = crowd.map(({ author }) => nameOf(this.#persons.current(author), this.#i18n));
		const named = names.slice(0, MAX_NAMED);
		const more = names.length - named.length;
		const key = more > 0 ? "ghost.crowd.more" : named.length > 1 ? "ghost.crowd.several" : "ghost.crowd.one";
		const shown = new Intl.ListFormat(this.#i18n.locale, { type: more > 0 ? "unit" : "conjunction" }).format(named);
		if (line.lastElementChild) setText(line.lastElementChild, this.#i18n.text(key, { names: shown, count: more }));
		line.title = names.join(", ");
	}

	/** Takes as much space as the time of a message. */
	#timeSpace() {
		return element("span", { class: "meta" }, element("time", {}, this.#dates.time(Date.now())));
	}
}

function dots() {
	return element("span", { class: "dots" }, element("i"), element("i"), element("i"));
}

/** @param {HTMLElement} line @param {string} text "" if the letters are not shown */
function write(line, text) {
	const target = line.querySelector(".text");
	// As it will be sent; of a long draft, the part that is being typed.
	const shown = tailOf(withBlocks(sentForm(text)));
	if (!target?.firstChild || target.textContent !== shown) replaceText(line, target, shown);
}

/** @param {HTMLElement} line @param {Element | null} target @param {string} shown */
function replaceText(line, target, shown) {
	if (!target) return;
	line.toggleAttribute("data-letters", shown !== "");
	if (shown) target.textContent = shown;
	else target.replaceChildren(dots());
}
