import { Dates } from "../format/dates.js";
import { nameOf } from "../format/person-label.js";
import { CopyButton } from "../ui/clipboard.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").ModerationActions} ModerationActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Invitation} Invitation */
/** @typedef {import("../../model/base/protocol.js").Role} Role */
/** @typedef {import("../../model/session/session.js").Session} Session */

const MAX_USES = 1000;
const DAYS = [1, 7, 30, 365];
const ROLES = /** @type {const} */ (["member", "moderator", "admin"]);

/** Invitation links: create, copy and revoke them. */
export class InvitationsSection {
	roles = /** @type {const} */ (["moderator", "admin"]);
	#session;
	#i18n;
	#moderation;
	#dates;
	#section;
	#uses = element("input", { id: "invite-uses", type: "number", min: 1, max: MAX_USES, value: 1, required: true });
	#days;
	#role;
	#roleField;
	#secretBox = element("div", { class: "fresh", hidden: true });
	#list = element("ul", { class: "entries", "aria-labelledby": "invitations-title" });
	#empty;

	/** @param {Session} session @param {I18n} i18n @param {ModerationActions} moderation */
	constructor(session, i18n, moderation) {
		this.#session = session;
		this.#i18n = i18n;
		this.#moderation = moderation;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("invitations", i18n, { form: true });
		this.element = this.#section.element;
		this.#days = select(
			"invite-days",
			DAYS.map((days) => [String(days), i18n.text("invitations.days", { count: days })]),
		);
		this.#days.value = "7";
		this.#role = select(
			"invite-role",
			ROLES.map((role) => [role, i18n.text(`role.${role}`)]),
		);
		this.#roleField = this.#field("invite-role", "invitations.role", this.#role);
		this.#empty = element("p", { class: "nothing", hidden: true }, i18n.text("invitations.none"));
		this.#section.fill(
			hint(i18n.text("invitations.hint")),
			element(
				"div",
				{ class: "field-row" },
				this.#field("invite-uses", "invitations.uses", this.#uses),
				this.#field("invite-days", "invitations.for", this.#days),
				this.#roleField,
			),
			element("button", { class: "button", id: "invite" }, i18n.text("invitations.make")),
			this.#secretBox,
			this.#empty,
			this.#list,
		);
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#create();
		});
	}

	load() {
		this.#roleField.hidden = this.#session.me?.role !== "admin";
		return this.#section.attempt(async () => {
			const invitations = await this.#moderation.invitations();
			this.#empty.hidden = invitations.length > 0;
			this.#list.replaceChildren(...invitations.map((invitation) => this.#row(invitation)));
		});
	}

	clear() {
		this.#list.replaceChildren();
		this.#showLink("");
		this.#role.value = "member";
		this.#section.clear();
	}

	/** @param {string} id @param {string} key @param {HTMLElement} input */
	#field(id, key, input) {
		return element("div", { class: "field" }, element("label", { for: id }, this.#i18n.text(key)), input);
	}

	async #create() {
		if (!this.#uses.checkValidity()) {
			return this.#section.showError(this.#i18n.text("invitations.badUses", { most: MAX_USES }));
		}
		await this.#section.attemptOnce(async () => {
			const { token = "" } = await this.#moderation.createInvitation({
				uses: Number(this.#uses.value),
				days: Number(this.#days.value),
				role: /** @type {Role} */ (this.#role.value),
			});
			await this.load();
			// Use the address of this page: the server may know itself by another one.
			this.#showLink(`${location.origin}/#invitation=${token}`);
		});
	}

	/** Show a new link. The server does not send its token again. @param {string} link */
	#showLink(link) {
		this.#secretBox.hidden = link === "";
		if (!link) return this.#secretBox.replaceChildren();
		const label = this.#i18n.text("invitations.link");
		const input = element("input", {
			type: "text",
			readonly: true,
			id: "invite-link",
			value: link,
			"aria-label": label,
		});
		input.addEventListener("focus", () => input.select());
		this.#secretBox.replaceChildren(
			hint(this.#i18n.text("invitations.once")),
			element("div", { class: "copy-line" }, input, new CopyButton(this.#i18n, link).button),
		);
		input.focus();
	}

	/** @param {Invitation} invitation */
	#row({ id, left, uses, expires, role, by }) {
		const name = this.#i18n.text(`role.${role}`);
		const details = [
			this.#i18n.text("invitations.left", { left, uses }),
			this.#i18n.text("invitations.until", { when: this.#dates.moment(expires) }),
			by?.id ? this.#i18n.text("invitations.by", { name: nameOf(by, this.#i18n) }) : null,
		];
		const label = this.#i18n.text("invitations.revoke");
		const revoke = () =>
			this.#section.change(
				() => this.#moderation.revokeInvitation(id),
				() => this.load(),
			);
		return element(
			"li",
			{},
			icon("key"),
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-name" }, name),
				element("span", { class: "entry-more" }, details.filter(Boolean).join(" · ")),
			),
			button(label, revoke, { "aria-label": `${label}: ${name}` }),
		);
	}
}

/** @param {string} id @param {[string, string][]} options value and label */
function select(id, options) {
	return element("select", { id }, ...options.map(([value, label]) => element("option", { value }, label)));
}
