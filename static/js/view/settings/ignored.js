import { avatar } from "../format/avatar.js";
import { nameNode, nameOf } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/world.js").World} World */

/** The ignored users, with a button to stop ignoring each. */
export class IgnoredSection {
	#i18n;
	#account;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "ignored-title" });
	#empty;

	/** @param {World} world @param {I18n} i18n @param {AccountActions} account */
	constructor(world, i18n, account) {
		this.#i18n = i18n;
		this.#account = account;
		this.#section = new Section("ignored", i18n);
		this.#empty = element("p", { class: "nothing" }, i18n.text("ignored.none"));
		this.#section.fill(hint(i18n.text("ignored.hint")), this.#empty, this.#list);
		this.element = this.#section.element;
		let ignored = "";
		world.session.on("me", () => {
			const current = (world.session.me?.ignored ?? []).join();
			if (current !== ignored && this.element.isConnected) this.load();
			ignored = current;
		});
	}

	load() {
		return this.#section.attempt(async () => {
			const persons = await this.#account.ignoredUsers();
			this.#empty.hidden = persons.length > 0;
			this.#list.replaceChildren(...persons.map((person) => this.#row(person)));
		});
	}

	clear() {
		this.#list.replaceChildren();
		this.#section.clear();
	}

	/** @param {Person} person */
	#row(person) {
		const label = this.#i18n.text("ignored.stop");
		const stop = () => this.#section.change(() => this.#account.setIgnored(person.name, false));
		return element(
			"li",
			{ "data-user": person.id },
			avatar(person),
			element("div", { class: "entry-words" }, nameNode(person, this.#i18n, "entry-name")),
			button(label, stop, { "aria-label": `${label}: ${nameOf(person, this.#i18n)}` }),
		);
	}
}
