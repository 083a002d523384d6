import { MAX_NAME_CHARS } from "../../model/base/names.js";
import { Refusal, removalFrom } from "../../model/base/refusal.js";
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from "../../model/session/password-rules.js";
import { SignInForm } from "../../model/session/sign-in-form.js";
import { LANGUAGES } from "../format/i18n.js";
import { element, setAttribute, setText } from "../ui/dom.js";
import { logo } from "../ui/icons.js";
import { PasswordField } from "../ui/password-field.js";
import { PasswordMeter } from "../ui/password-meter.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/sign-in-form.js").Suggestion} Suggestion */
/** @typedef {import("../../model/world.js").World} World */

/** @typedef {import("../../model/session/sign-in-form.js").Field} Field */

const FIELDS = /** @type {const} */ (["name", "password", "repeat"]);
const DESCRIPTIONS = "enter-error enter-hint";

/** The sign-in screen: a new name, or a name with its password. */
export class SignInView {
	#world;
	#i18n;
	#actions;
	#signInForm;
	/** @type {import("../../model/session/session.js").Farewell | null} */
	#prefilledFrom = null;
	#busy = false;
	#channel = element("p", { class: "enter-channel" });
	#notice = element("p", { class: "enter-notice", id: "enter-notice", role: "status", hidden: true });
	#error = element("p", { class: "error", id: "enter-error", role: "alert" });
	#suggestion = element("button", { type: "button", class: "link-button", id: "enter-offer", hidden: true });
	#fault = element("div", { class: "enter-fault" }, this.#error, this.#suggestion);
	#button = element("button", { class: "button primary", id: "enter-button" });
	#modeSwitch = element("button", { type: "button", class: "link-button", id: "other-way" });
	#hint;
	#rules = element("p", { class: "hint" });
	#password;
	#meter;
	#repeat;
	#input = element("input", {
		id: "nickname",
		name: "username",
		type: "text",
		autocomplete: "username",
		autocapitalize: "off",
		spellcheck: "false",
		dir: "auto",
		"aria-describedby": DESCRIPTIONS,
	});

	/** @param {World} world @param {I18n} i18n @param {Pick<Actions, "moderation" | "session">} actions */
	constructor(world, i18n, actions) {
		this.#world = world;
		this.#signInForm = new SignInForm(world.passwordRules);
		this.#i18n = i18n;
		this.#actions = actions;
		this.#hint = element("p", { class: "hint", id: "enter-hint" }, i18n.text("enter.hint", { count: MAX_NAME_CHARS }));
		this.#password = new PasswordField(i18n, {
			id: "password",
			label: i18n.text("enter.password"),
			autocomplete: "current-password",
			describedBy: "enter-error enter-strength",
		});
		this.#meter = new PasswordMeter(i18n, world.passwordRules, {
			id: "enter-strength",
			input: this.#password.input,
			owner: () => (this.#signInForm.setsPassword ? { name: this.#name } : null),
		});
		this.#repeat = new PasswordField(i18n, {
			id: "repeat-password",
			label: i18n.text("enter.repeat"),
			autocomplete: "new-password",
			describedBy: "enter-error",
		});
		const limits = { least: MIN_PASSWORD_CHARS, most: MAX_PASSWORD_CHARS };
		this.#rules.textContent = i18n.text("password.rules", limits);
		const form = this.#form();
		this.element = element(
			"main",
			{ class: "enter-screen" },
			element("div", { class: "enter-card" }, this.#heading(), form, this.#modeSwitch, this.#languages()),
		);
		this.#listen(form);
		this.#render();
	}

	/** @param {string} channel that the address names */
	show(channel) {
		this.#channel.textContent = this.#i18n.text("enter.channel", { channel });
		this.#channel.hidden = channel === "";
		this.#input.value ||= this.#world.nickname;
		this.#prefill();
		this.#focus();
		this.#loadRegistration();
	}

	/** Load the rules for registration. Without them the form still works: the server checks every attempt. */
	async #loadRegistration() {
		const { invitation } = this.#world;
		try {
			const registration = await this.#actions.moderation.registration(invitation);
			// Drop an invalid invitation: it must not block a registration that needs none.
			if (registration.invitation === null && this.#world.invitation === invitation) this.#world.invitation = null;
			this.#signInForm.setRegistration(registration);
		} catch {
			// The server cannot be reached; signing in will report that.
		}
	}

	#heading() {
		return element(
			"header",
			{ class: "enter-heading" },
			logo(),
			element("h1", {}, "Ting"),
			element(
				"div",
				{ class: "enter-slot" },
				element("div", {}, element("p", { class: "tagline" }, this.#i18n.text("enter.tagline")), this.#channel),
				this.#fault,
			),
		);
	}

	#form() {
		return element(
			"form",
			{ id: "enter", novalidate: true },
			this.#notice,
			element("label", { for: "nickname" }, this.#i18n.text("enter.label")),
			this.#input,
			this.#hint,
			this.#password.element,
			this.#meter.element,
			this.#rules,
			this.#repeat.element,
			this.#button,
		);
	}

	/** A choice of language, since that of the browser may not be the user's. */
	#languages() {
		const { preferences } = this.#world;
		const choices = LANGUAGES.map((language) => {
			const choice = element(
				"button",
				{
					type: "button",
					class: "link-button",
					lang: language,
					"aria-pressed": String(language === this.#i18n.language),
				},
				this.#i18n.text(`looks.language.${language}`),
			);
			choice.addEventListener("click", () => preferences.chooseLanguage(language));
			return choice;
		});
		const attributes = { class: "enter-languages", role: "group", hidden: !preferences.isPersistent };
		return element("div", { ...attributes, "aria-label": this.#i18n.text("looks.language") }, ...choices);
	}

	/** @param {HTMLFormElement} form */
	#listen(form) {
		this.#signInForm.on("change", () => this.#render());
		this.#world.on("invited", () => this.#world.session.state === "signedOut" && this.#loadRegistration());
		this.#repeat.input.addEventListener("input", () => this.#signInForm.edit("repeat", this.#name));
		this.#input.addEventListener("input", () => {
			this.#world.nickname = this.#input.value;
			this.#signInForm.edit("name", this.#name);
		});
		this.#password.input.addEventListener("input", () => this.#signInForm.edit("password", this.#name));
		this.#modeSwitch.addEventListener("click", () => this.#setMode(this.#signInForm.mode === "new" ? "known" : "new"));
		this.#suggestion.addEventListener("click", () => this.#acceptSuggestion());
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	get #name() {
		return this.#input.value.trim();
	}

	/** Prefill the name of the user who has just signed out, if it has a password. A banned user needs another account. */
	#prefill() {
		const { farewell } = this.#world.session;
		if (farewell === this.#prefilledFrom) return;
		this.#prefilledFrom = farewell;
		const isBanned = Boolean(farewell?.ban);
		if (farewell?.hasPassword || isBanned) this.#input.value = isBanned ? "" : (farewell?.name ?? "");
		this.#signInForm.setMode(farewell?.hasPassword || isBanned ? "known" : "new");
		this.#render();
	}

	#focus() {
		const { mode, fault } = this.#signInForm;
		const field = fault?.field ?? (mode === "known" && this.#name !== "" ? "password" : "name");
		this.#inputOf(field).focus();
	}

	/** @param {import("../../model/session/sign-in-form.js").Mode} mode */
	#setMode(mode) {
		this.#signInForm.setMode(mode);
		this.#focus();
	}

	#acceptSuggestion() {
		const isSignIn = this.#signInForm.suggestion === "sign-in";
		this.#setMode(isSignIn ? "known" : "new");
		if (!isSignIn) this.#submit();
	}

	async #submit() {
		if (this.#busy) return;
		const entered = { name: this.#name, password: this.#password.value, repeat: this.#repeat.value };
		if (!this.#signInForm.validate(entered)) return this.#focus();
		this.#setBusy(true);
		try {
			const { mode, needsPassword } = this.#signInForm;
			await this.#actions.session.signIn(
				entered.name,
				needsPassword ? entered.password : undefined,
				mode === "new" && needsPassword,
			);
			this.#clear();
		} catch (reason) {
			const refusal = Refusal.from(reason);
			if (refusal.code === "banned") return this.#world.session.refuseBanned(removalFrom(refusal));
			this.#signInForm.fail(refusal);
			this.#focus();
		} finally {
			this.#setBusy(false);
		}
	}

	#clear() {
		this.#input.value = this.#world.nickname = "";
		for (const field of [this.#password, this.#repeat]) field.clear();
		this.#signInForm.setMode("new");
	}

	/** @param {boolean} busy */
	#setBusy(busy) {
		this.#busy = busy;
		this.#button.disabled = busy;
	}

	#render() {
		const { mode, allowsRegistration, needsPassword, setsPassword } = this.#signInForm;
		const isKnown = mode === "known";
		this.#hint.hidden = isKnown;
		this.#password.element.hidden = !needsPassword;
		this.#password.input.autocomplete = setsPassword ? "new-password" : "current-password";
		this.#meter.render();
		this.#rules.hidden = this.#repeat.element.hidden = !setsPassword;
		this.#button.textContent = this.#i18n.text(isKnown ? "enter.signIn" : "enter.button");
		this.#modeSwitch.textContent = this.#i18n.text(isKnown ? "enter.isNew" : "enter.isKnown");
		this.#modeSwitch.hidden = !allowsRegistration;
		const notice = this.#noticeText();
		this.#notice.hidden = notice === "";
		setText(this.#notice, notice);
		this.#renderFault();
	}

	/** What the user must know before signing in. */
	#noticeText() {
		const { farewell } = this.#world.session;
		if (farewell?.how === "ended") return this.#i18n.text("enter.ended");
		const { notice } = this.#signInForm;
		if (notice === "bad_invitation") return this.#i18n.text("error.bad_invitation");
		return notice ? this.#i18n.text(`enter.word.${notice}`) : "";
	}

	#renderFault() {
		const { fault, suggestion } = this.#signInForm;
		this.#error.textContent = fault ? this.#faultText(fault.is) : "";
		this.#suggestion.hidden = !suggestion;
		this.#suggestion.textContent = suggestion ? this.#i18n.text(`enter.offer.${suggestion}`) : "";
		for (const field of FIELDS)
			setAttribute(this.#inputOf(field), "aria-invalid", fault?.field === field ? "true" : null);
	}

	/** @param {Field} field */
	#inputOf(field) {
		if (field === "name") return this.#input;
		return field === "password" ? this.#password.input : this.#repeat.input;
	}

	/** @param {string | Refusal} fault */
	#faultText(fault) {
		if (typeof fault !== "string") return this.#i18n.error(fault);
		return this.#i18n.text(
			fault.startsWith("password.") ? fault.replace("password.", "password.fault.") : `enter.fault.${fault}`,
		);
	}
}
