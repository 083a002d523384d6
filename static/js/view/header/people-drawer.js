import { avatar } from "../format/avatar.js";
import { nameNode } from "../format/person-label.js";
import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { KeyedList } from "../ui/keyed-list.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/session/preferences.js").Preferences} Preferences */
/** @typedef {import("../../model/session/session.js").Session} Session */

/** The roster: who is present in a channel. A column that can be closed, or a drawer on a narrower screen. */
export class PeopleDrawer {
	#session;
	#preferences;
	#i18n;
	#title = element("h2", { id: "people-title" });
	#list = element("ul", { class: "people-list" });
	/** @type {KeyedList<{key: string, person: Person}>} */
	#rows;
	#close;
	#collator;
	#onClose;
	#unsubscribe = () => {};

	/**
	 * @param {Session} session
	 * @param {Preferences} preferences
	 * @param {I18n} i18n
	 * @param {() => void} onClose
	 */
	constructor(session, preferences, i18n, onClose) {
		this.#session = session;
		this.#preferences = preferences;
		this.#i18n = i18n;
		this.#onClose = onClose;
		this.#collator = new Intl.Collator(i18n.locale, { sensitivity: "base", numeric: true });
		this.#close = iconButton(icon("close"), i18n.text("people.close"), { class: "icon-button drawer-close" });
		this.#rows = new KeyedList(this.#list, ({ person }) => this.#person(person));
		this.scrim = element("div", { class: "scrim" });
		this.element = element(
			"aside",
			{ id: "people", "aria-labelledby": "people-title" },
			element("div", { class: "people-heading" }, this.#title, this.#close),
			this.#list,
		);
		this.element.classList.toggle("closed", preferences.isClosed("people"));
		this.#close.addEventListener("click", () => this.toggle(false));
		this.scrim.addEventListener("click", () => this.toggle(false));
		this.element.addEventListener("keydown", ({ key }) => key === "Escape" && this.isOpen && this.closeDrawer());
	}

	get isOpen() {
		return this.element.classList.contains(this.isDrawer ? "open" : "closed") === this.isDrawer;
	}

	/** Whether the roster is a drawer, not a column. */
	get isDrawer() {
		return getComputedStyle(this.element).position === "fixed";
	}

	/** Open or close the drawer, or the column, for which this device remembers it. @param {boolean} open */
	toggle(open) {
		if (!this.isDrawer) {
			this.#preferences.setClosed("people", !open);
			this.element.classList.toggle("closed", !open);
			return;
		}
		const wasOpen = this.isOpen;
		this.element.classList.toggle("open", open);
		this.scrim.classList.toggle("open", open);
		if (open) this.#close.focus();
		else if (wasOpen) this.#onClose();
	}

	/** Close the drawer. A column stays. */
	closeDrawer() {
		if (this.isDrawer) this.toggle(false);
	}

	/** Focus the first user. */
	focus() {
		this.#list.querySelector("button")?.focus();
	}

	/** A direct conversation has no roster: its heading shows the other user. @param {Conversation} conversation */
	show({ participants, isDirect }) {
		this.#unsubscribe();
		this.element.hidden = isDirect;
		this.#unsubscribe = participants.on("change", () => this.#render(participants.all));
		this.#render(participants.all);
	}

	/** @param {Person[]} people */
	#render(people) {
		const sorted = people.sort((a, b) => this.#collator.compare(a.name, b.name));
		this.#title.textContent = this.#i18n.text("people.count", { count: people.length });
		const ownId = this.#session.me?.id;
		const rows = sorted.map((person) => ({ key: person.id, person }));
		this.#rows.update(rows, ({ person: { id, name, avatar, former } }) =>
			JSON.stringify([name, avatar, former, id === ownId]),
		);
	}

	/** @param {Person} person */
	#person(person) {
		const { id } = person;
		const mark = id === this.#session.me?.id ? element("span", { class: "you" }, this.#i18n.text("people.you")) : null;
		const row = element(
			"button",
			{ type: "button", class: "person", "data-card": id },
			avatar(person),
			nameNode(person, this.#i18n, "person-name"),
			mark,
		);
		return element("li", { "data-user": id }, row);
	}
}
