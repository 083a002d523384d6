import { Refusal } from "../../model/base/refusal.js";
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from "../../model/session/password-rules.js";
import { element, setAttribute } from "../ui/dom.js";
import { PasswordField } from "../ui/password-field.js";
import { PasswordMeter } from "../ui/password-meter.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/world.js").World} World */

/** Sets a password, or changes it. */
export class PasswordSection {
	#session;
	#rules;
	#i18n;
	#save;
	#busy = false;
	#heading = element("h2", { id: "password-title", tabindex: "-1" });
	#hint = element("p", { class: "hint" });
	#error = element("p", { class: "error", id: "password-error", role: "alert" });
	#done = element("p", { class: "done", id: "password-done", role: "status" });
	#button = element("button", { class: "button", id: "save-password" });
	/** For password managers: whose password it is. */
	#name = element("input", { type: "text", name: "username", autocomplete: "username", readonly: true, hidden: true });
	#current;
	#new;
	#meter;

	/**
	 * @param {Pick<World, "session" | "passwordRules">} world
	 * @param {I18n} i18n
	 * @param {(password: string, current?: string) => Promise<void>} save
	 */
	constructor({ session, passwordRules }, i18n, save) {
		this.#session = session;
		this.#rules = passwordRules;
		this.#i18n = i18n;
		this.#save = save;
		this.#current = new PasswordField(i18n, {
			id: "current-password",
			label: i18n.text("password.current"),
			autocomplete: "current-password",
			describedBy: "password-error",
		});
		this.#new = new PasswordField(i18n, {
			id: "new-password",
			label: i18n.text("password.new"),
			autocomplete: "new-password",
			describedBy: "password-error password-rules password-strength",
		});
		this.#meter = new PasswordMeter(i18n, passwordRules, {
			id: "password-strength",
			input: this.#new.input,
			owner: () => session.me && { name: session.me.name, email: session.me.profile?.email ?? null },
		});
		this.element = this.#form();
		session.on("me", () => this.#render());
		this.#render();
	}

	clear() {
		for (const field of [this.#current, this.#new]) field.clear();
		this.#meter.render();
		this.#done.textContent = "";
		this.#showError("");
	}

	focus() {
		(this.#session.me?.has_password ? this.#current : this.#new).input.focus();
	}

	#form() {
		const rules = this.#i18n.text("password.rules", { least: MIN_PASSWORD_CHARS, most: MAX_PASSWORD_CHARS });
		const form = element(
			"form",
			{ id: "password", class: "settings-part", novalidate: true, "aria-labelledby": "password-title" },
			this.#heading,
			this.#hint,
			this.#error,
			this.#name,
			this.#current.element,
			this.#new.element,
			this.#meter.element,
			element("p", { class: "hint", id: "password-rules" }, rules),
			this.#done,
			this.#button,
		);
		form.addEventListener("input", () => this.#showError(""));
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
		return form;
	}

	async #submit() {
		const { me } = this.#session;
		if (!me || this.#busy) return;
		this.#done.textContent = "";
		if (me.has_password && !this.#current.value) return this.#fail(this.#current, this.#faultText("noCurrent"));
		const fault = this.#new.value === "" ? "empty" : this.#rules.fault(this.#new.value, me.name, me.profile?.email);
		if (fault) return this.#fail(this.#new, this.#faultText(fault));
		this.#setBusy(true);
		try {
			await this.#save(this.#new.value, me.has_password ? this.#current.value : undefined);
			this.clear();
			this.#done.textContent = this.#i18n.text(me.has_password ? "password.changed" : "password.set");
		} catch (reason) {
			this.#showRefusal(Refusal.from(reason));
		} finally {
			this.#setBusy(false);
		}
	}

	/** @param {string} fault */
	#faultText(fault) {
		return this.#i18n.text(`password.fault.${fault}`);
	}

	/** @param {Refusal} refusal */
	#showRefusal(refusal) {
		const isCurrent = refusal.code === "wrong_password";
		const text = isCurrent ? this.#i18n.text("password.fault.wrongCurrent") : this.#i18n.error(refusal);
		this.#fail(isCurrent ? this.#current : this.#new, text);
	}

	/** @param {PasswordField} field @param {string} text */
	#fail(field, text) {
		this.#showError(text, field);
		field.input.focus();
	}

	/** @param {string} text @param {PasswordField} [wrongField] */
	#showError(text, wrongField) {
		wrongField?.box.before(this.#error);
		this.#error.textContent = text;
		for (const field of [this.#current, this.#new])
			setAttribute(field.input, "aria-invalid", wrongField === field ? "true" : null);
	}

	/** @param {boolean} busy */
	#setBusy(busy) {
		this.#busy = busy;
		this.#button.disabled = busy;
	}

	#render() {
		const { name = "", has_password: hasPassword = false } = this.#session.me ?? {};
		this.#name.value = name;
		this.#current.element.hidden = !hasPassword;
		this.#heading.textContent = this.#i18n.text(hasPassword ? "password.change" : "password.first");
		this.#hint.textContent = this.#i18n.text(hasPassword ? "password.change.why" : "password.first.why");
		this.#button.textContent = this.#i18n.text(hasPassword ? "password.change.save" : "password.first.save");
	}
}
