import { Dates } from "../format/dates.js";
import { nameOf } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { button, Section } from "./section.js";

/** @typedef {import("../actions.js").ModerationActions} ModerationActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Ban} Ban */

/** The bans: name, end and reason of each, and a button to lift it. */
export class BansSection {
	roles = /** @type {const} */ (["moderator", "admin"]);
	#i18n;
	#moderation;
	#dates;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "bans-title" });
	#empty;

	/** @param {I18n} i18n @param {ModerationActions} moderation */
	constructor(i18n, moderation) {
		this.#i18n = i18n;
		this.#moderation = moderation;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("bans", i18n);
		this.#empty = element("p", { class: "nothing", hidden: true }, i18n.text("bans.none"));
		this.#section.fill(this.#empty, this.#list);
		this.element = this.#section.element;
	}

	load() {
		return this.#section.attempt(async () => {
			const bans = await this.#moderation.bans();
			this.#empty.hidden = bans.length > 0;
			this.#list.replaceChildren(...bans.map((ban) => this.#row(ban)));
		});
	}

	clear() {
		this.#list.replaceChildren();
		this.#section.clear();
	}

	/** @param {Ban} ban */
	#row({ name, until, reason, address, by }) {
		const details = [
			until === null
				? this.#i18n.text("bans.forGood")
				: this.#i18n.text("bans.until", { when: this.#dates.moment(until) }),
			address ? this.#i18n.text("bans.address") : null,
			by?.id ? this.#i18n.text("bans.by", { name: nameOf(by, this.#i18n) }) : null,
			reason || null,
		];
		const label = this.#i18n.text("bans.lift");
		const lift = () =>
			this.#section.change(
				() => this.#moderation.unban(name),
				() => this.load(),
			);
		return element(
			"li",
			{},
			icon("ban"),
			element(
				"div",
				{ class: "entry-words" },
				element("bdi", { class: "entry-name" }, name),
				element("span", { class: "entry-more", dir: "auto" }, details.filter(Boolean).join(" · ")),
			),
			button(label, lift, { "aria-label": `${label}: ${name}` }),
		);
	}
}
