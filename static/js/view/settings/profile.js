import { Refusal } from "../../model/base/refusal.js";
import { birthDateFault, emailFault, MAX_GENDER_CHARS, MAX_PLACE_CHARS } from "../../model/session/validation.js";
import { element, setAttribute } from "../ui/dom.js";
import { hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Profile} Profile */
/** @typedef {import("../../model/base/protocol.js").Shown} Shown */
/** @typedef {import("../../model/session/session.js").Session} Session */
/** @typedef {keyof Profile} Field */

/** What others may see of each field; `last_seen` has no field. @type {[Field, Shown | null][]} */
const FIELDS = [
	["email", null],
	["birth_date", "age"],
	["gender", "gender"],
	["place", "place"],
];

/** @type {Record<Field, Record<string, string | number>>} */
const ATTRIBUTES = {
	email: { type: "email", autocomplete: "email", maxlength: 128, inputmode: "email" },
	birth_date: { type: "date", autocomplete: "bday" },
	gender: { type: "text", autocomplete: "sex", maxlength: MAX_GENDER_CHARS, dir: "auto" },
	place: { type: "text", autocomplete: "address-level2", maxlength: MAX_PLACE_CHARS, dir: "auto" },
};

/** Who one is, as far as one wants to say, and what of it others see. */
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
			hint(i18n.text("profile.hint")),
			...FIELDS.map(([field, shown]) => this.#field(field, shown)),
			this.#choice("last_seen"),
			this.#save,
		);
		this.element.addEventListener("input", () => this.#correct());
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	/** As the account has it now. */
	load() {
		const { profile, shown = [] } = this.#session.me ?? {};
		for (const [field, input] of this.#inputs) input.value = profile?.[field] ?? "";
		for (const [what, box] of this.#shown) box.checked = shown.includes(what);
	}

	clear() {
		this.#section.clear();
		for (const input of this.#inputs.values()) input.value = "";
		this.#mark(null);
	}

	/** @param {Field} field @param {Shown | null} shown */
	#field(field, shown) {
		const id = `profile-${field}`;
		const input = element("input", { id, ...ATTRIBUTES[field], "aria-describedby": "profile-error" });
		if (field === "birth_date") input.max = new Date().toISOString().slice(0, 10);
		this.#inputs.set(field, input);
		const never = shown ? null : hint(this.#i18n.text(`profile.${field}.never`));
		return element(
			"div",
			{ class: "field" },
			element("label", { for: id }, this.#i18n.text(`profile.${field}`)),
			input,
			shown ? this.#choice(shown) : never,
		);
	}

	/** @param {Shown} shown */
	#choice(shown) {
		const box = element("input", { type: "checkbox", id: `show-${shown}` });
		this.#shown.set(shown, box);
		return element("label", { class: "check" }, box, this.#i18n.text(`profile.show.${shown}`));
	}

	async #submit() {
		const profile = /** @type {Profile} */ (
			Object.fromEntries([...this.#inputs].map(([field, input]) => [field, input.value.trim() || null]))
		);
		const fault = this.#fault(profile);
		if (fault) return this.#fail(fault.field, this.#i18n.text(`error.${fault.code}`));
		const shown = [...this.#shown].filter(([, box]) => box.checked).map(([what]) => what);
		this.#save.disabled = true;
		try {
			await this.#account.update({ ...profile, shown });
			this.#section.showDone(this.#i18n.text("profile.saved"));
			this.load();
		} catch (reason) {
			const refusal = Refusal.from(reason);
			this.#fail(/** @type {Field} */ (refusal.field), refusal);
		}
		this.#save.disabled = false;
	}

	/** A date that the browser could not read has no value. @param {Profile} profile @returns {{field: Field, code: string} | null} */
	#fault({ email, birth_date }) {
		if (email && emailFault(email)) return { field: "email", code: "bad_email" };
		const isUnread = this.#inputs.get("birth_date")?.validity.badInput;
		if (isUnread || (birth_date && birthDateFault(birth_date))) return { field: "birth_date", code: "bad_birth_date" };
		return null;
	}

	/** @param {Field} field @param {unknown} reason */
	#fail(field, reason) {
		const input = this.#inputs.get(field);
		this.#section.errorAbove(input ?? this.#save);
		this.#section.showError(reason);
		this.#mark(input ?? null);
		input?.focus();
	}

	#correct() {
		this.#section.clear();
		this.#mark(null);
	}

	/** @param {HTMLInputElement | null} wrong */
	#mark(wrong) {
		for (const input of this.#inputs.values()) setAttribute(input, "aria-invalid", input === wrong ? "true" : null);
	}
}
