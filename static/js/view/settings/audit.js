import { Dates } from "../format/dates.js";
import { nameOf } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").ModerationActions} ModerationActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Act} Act */
/** @typedef {import("../../model/base/protocol.js").Person} Person */

/** The audit log: what moderators and admins did, newest first. */
export class AuditSection {
	roles = /** @type {const} */ (["admin"]);
	#i18n;
	#moderation;
	#dates;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "audit-title" });
	#empty;
	#older;
	/** @type {string | undefined} */
	#lastId;

	/** @param {I18n} i18n @param {ModerationActions} moderation */
	constructor(i18n, moderation) {
		this.#i18n = i18n;
		this.#moderation = moderation;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("audit", i18n);
		this.element = this.#section.element;
		this.#empty = element("p", { class: "nothing", hidden: true }, i18n.text("audit.none"));
		this.#older = button(i18n.text("audit.older"), () => this.#fetch(this.#lastId), { hidden: true });
		this.#section.fill(hint(i18n.text("audit.hint")), this.#empty, this.#list, this.#older);
	}

	load() {
		return this.#fetch();
	}

	clear() {
		this.#list.replaceChildren();
		this.#older.hidden = true;
		this.#section.clear();
	}

	/** @param {string} [before] */
	#fetch(before) {
		return this.#section.attempt(async () => {
			const { acts, more } = await this.#moderation.auditLog(before);
			if (!before) this.#list.replaceChildren();
			this.#list.append(...acts.map((act) => this.#row(act)));
			this.#lastId = acts.at(-1)?.id;
			this.#older.hidden = !more;
			this.#empty.hidden = this.#list.childElementCount > 0;
		});
	}

	/** @param {Act} act */
	#row({ at, by, act, whom, conversation = "", role, until, reason }) {
		const values = { by: this.#name(by), whom: this.#name(whom), channel: conversation, role: "", when: "" };
		if (role) values.role = this.#i18n.text(`role.${role}`);
		if (until) values.when = this.#dates.moment(until);
		const text = this.#i18n.text(until ? `audit.${act}.until` : `audit.${act}`, values);
		const details = [this.#dates.moment(at), reason].filter(Boolean).join(" · ");
		return element(
			"li",
			{ "data-act": act },
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-act", dir: "auto" }, text),
				element("span", { class: "entry-more", dir: "auto" }, details),
			),
		);
	}

	/** A person without an id is an operator at the command line. @param {Person | undefined} person */
	#name(person) {
		if (!person) return "";
		return person.id ? nameOf(person, this.#i18n) : this.#i18n.text("audit.operator");
	}
}
