import { MAX_NAME_CHARS, nicknameFault } from "../../model/base/names.js";
import { Refusal } from "../../model/base/refusal.js";
import { birthDateFault, emailFault, MAX_GENDER_CHARS, MAX_PLACE_CHARS } from "../../model/session/validation.js";
import { element, setAttribute, typesWithFingers } from "../ui/dom.js";
import { hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Profile} Profile */
/** @typedef {import("../../model/base/protocol.js").Shown} Shown */
/** @typedef {import("../../model/session/session.js").Session} Session */
/** @typedef {keyof Profile | "name"} Field */

/** The fields of the profile, each with what others may see of it; `last_seen` has no field. @type {[keyof Profile, Shown | null][]} */
const FIELDS = [
	["email", null],
	["birth_date", "age"],
	["gender", "gender"],
	["place", "place"],
];

/** @type {Record<Field, Record<string, string | number>>} */
const ATTRIBUTES = {
	name: { type: "text", autocomplete: "nickname", autocapitalize: "off", spellcheck: "false", dir: "auto" },
	email: { type: "email", autocomplete: "email", maxlength: 128, inputmode: "email" },
	birth_date: { type: "date", autocomplete: "bday" },
	gender: { type: "text", autocomplete: "sex", maxlength: MAX_GENDER_CHARS, dir: "auto" },
	place: { type: "text", autocomplete: "address-level2", maxlength: MAX_PLACE_CHARS, dir: "auto" },
};

/** The user's nickname and profile, and which parts of it others see. */
export class ProfileSection {
	#session;
	#i18n;
	#account;
	#section;
	/** @type {Map<Field, HTMLInputElement>} */
	#inputs = new Map();
	/** @type {Map<Shown, HTMLInputElement>} */
	#shown = new Map();
	#save = element("button", { class: "button", id: "save-profile" });

	/** @param {Session} session @param {I18n} i18n @param {AccountActions} account */
	constructor(session, i18n, account) {
		this.#session = session;
		this.#i18n = i18n;
		this.#account = account;
		this.#section = new Section("profile", i18n, { form: true });
		this.element = this.#section.element;
		this.#save.textContent = i18n.text("profile.save");
		this.#section.fill(
			this.#nameField(),
			hint(i18n.text("profile.hint")),
			...FIELDS.map(([field, shown]) => this.#field(field, shown)),
			this.#choice("last_seen"),
			this.#save,
		);
		this.element.addEventListener("input", () => this.#clearError());
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	load() {
		const { name = "", profile, shown = [] } = this.#session.me ?? {};
		for (const [field, input] of this.#inputs) input.value = field === "name" ? name : (profile?.[field] ?? "");
		for (const [fact, box] of this.#shown) box.checked = shown.includes(fact);
	}

	clear() {
		this.#section.clear();
		for (const input of this.#inputs.values()) input.value = "";
		this.#markInvalid(null);
	}

	/** Focus the nickname. On a phone, that would open the on-screen keyboard over the other fields. */
	focus() {
		if (typesWithFingers()) return this.#section.heading.focus({ preventScroll: true });
		this.#inputs.get("name")?.select();
		this.#inputs.get("name")?.focus({ preventScroll: true });
	}

	#nameField() {
		const describedBy = "profile-error profile-name-hint";
		const input = element("input", { id: "profile-name", ...ATTRIBUTES.name, "aria-describedby": describedBy });
		this.#inputs.set("name", input);
		const rules = hint(this.#i18n.text("enter.hint", { count: MAX_NAME_CHARS }));
		rules.id = "profile-name-hint";
		const label = element("label", { for: "profile-name" }, this.#i18n.text("profile.name"));
		return element("div", { class: "field" }, label, input, rules);
	}

	/** @param {keyof Profile} field @param {Shown | null} shown */
	#field(field, shown) {
		const id = `profile-${field}`;
		const input = element("input", { id, ...ATTRIBUTES[field], "aria-describedby": "profile-error" });
		if (field === "birth_date") input.max = new Date().toISOString().slice(0, 10);
		this.#inputs.set(field, input);
		const neverHint = shown ? null : hint(this.#i18n.text(`profile.${field}.never`));
		return element(
			"div",
			{ class: "field" },
			element("label", { for: id }, this.#i18n.text(`profile.${field}`)),
			input,
			shown ? this.#choice(shown) : neverHint,
		);
	}

	/** @param {Shown} shown */
	#choice(shown) {
		const box = element("input", { type: "checkbox", id: `show-${shown}` });
		this.#shown.set(shown, box);
		return element("label", { class: "check" }, box, this.#i18n.text(`profile.show.${shown}`));
	}

	async #submit() {
		const { name, ...profile } = this.#entered;
		const fault = this.#fault(name, profile);
		if (fault) return this.#fail(fault.field, this.#i18n.text(fault.key));
		const shown = [...this.#shown].filter(([, box]) => box.checked).map(([fact]) => fact);
		this.#save.disabled = true;
		/** The field of a refusal that names none. @type {Field | undefined} */
		let field = "name";
		try {
			if (name !== this.#session.me?.name) await this.#account.rename(name);
			field = undefined;
			await this.#account.update({ ...profile, shown });
			this.#section.showDone(this.#i18n.text("profile.saved"));
			this.load();
		} catch (reason) {
			const refusal = Refusal.from(reason);
			this.#fail(/** @type {Field} */ (refusal.field ?? field), refusal);
		}
		this.#save.disabled = false;
	}

	/** What the fields hold. @returns {Profile & {name: string}} */
	get #entered() {
		const values = [...this.#inputs].map(([field, input]) => [field, input.value.trim() || null]);
		const { name, ...profile } = Object.fromEntries(values);
		return { ...profile, name: name ?? "" };
	}

	/**
	 * The first fault. The input of a date that the browser cannot read has an empty value, but says so in its validity.
	 * @param {string} name
	 * @param {Profile} profile
	 * @returns {{field: Field, key: string} | null}
	 */
	#fault(name, { email, birth_date }) {
		const inName = nicknameFault(name);
		if (inName) return { field: "name", key: `enter.fault.${inName}` };
		if (email && emailFault(email)) return { field: "email", key: "error.bad_email" };
		const isUnreadable = this.#inputs.get("birth_date")?.validity.badInput;
		if (isUnreadable || (birth_date && birthDateFault(birth_date)))
			return { field: "birth_date", key: "error.bad_birth_date" };
		return null;
	}

	/** @param {Field} field @param {unknown} reason */
	#fail(field, reason) {
		const input = this.#inputs.get(field);
		this.#section.errorAbove(input ?? this.#save);
		this.#section.showError(reason);
		this.#markInvalid(input ?? null);
		input?.focus();
	}

	#clearError() {
		this.#section.clear();
		this.#markInvalid(null);
	}

	/** @param {HTMLInputElement | null} invalid */
	#markInvalid(invalid) {
		for (const input of this.#inputs.values()) setAttribute(input, "aria-invalid", input === invalid ? "true" : null);
	}
}
