import { Doorway } from "../model/doorway.js";
import { MAX_NAME_CHARS } from "../model/names.js";
import { Refusal } from "../model/refusal.js";
import { element, setAttribute } from "./elements.js";
import { logo } from "./icons.js";
import { PasswordField } from "./password-field.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/doorway.js").Offer} Offer */
/** @typedef {import("../model/session.js").Session} Session */

const DESCRIPTIONS = "enter-error enter-hint";

/** The first screen: who are you? With a new name, or with one that has a password. */
export class EnterView {
	#session;
	#i18n;
	#actions;
	#doorway = new Doorway();
	/** @type {import("../model/session.js").Farewell | null} */
	#greeted = null;
	#busy = false;
	#channel = element("p", { class: "enter-channel" });
	#notice = element("p", { class: "enter-notice", id: "enter-notice", role: "status", hidden: true });
	#error = element("p", { class: "error", id: "enter-error", role: "alert" });
	#offer = element("button", { type: "button", class: "link-button", id: "enter-offer", hidden: true });
	#fault = element("div", { class: "enter-fault" }, this.#error, this.#offer);
	#button = element("button", { class: "button primary", id: "enter-button" });
	#otherWay = element("button", { type: "button", class: "link-button", id: "other-way" });
	#hint;
	#password;
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

	/** @param {Session} session @param {I18n} i18n @param {Actions} actions */
	constructor(session, i18n, actions) {
		this.#session = session;
		this.#i18n = i18n;
		this.#actions = actions;
		this.#hint = element("p", { class: "hint", id: "enter-hint" }, i18n.text("enter.hint", { count: MAX_NAME_CHARS }));
		this.#password = new PasswordField(i18n, {
			id: "password",
			label: i18n.text("enter.password"),
			autocomplete: "current-password",
			describedBy: "enter-error",
		});
		const form = this.#form();
		this.element = element(
			"main",
			{ class: "enter-screen" },
			element("div", { class: "enter-card" }, this.#heading(), form, this.#otherWay),
		);
		this.#listen(form);
		this.#render();
	}

	/** @param {string} channel where the reader is about to go */
	show(channel) {
		this.#channel.textContent = this.#i18n.text("enter.channel", { channel });
		this.#channel.hidden = channel === "";
		this.#greet();
		this.#focus();
	}

	#heading() {
		return element(
			"header",
			{ class: "enter-heading" },
			logo(),
			element("h1", {}, "Ting"),
			element("p", { class: "tagline" }, this.#i18n.text("enter.tagline")),
		);
	}

	#form() {
		return element(
			"form",
			{ id: "enter", novalidate: true },
			this.#channel,
			this.#notice,
			element("label", { for: "nickname" }, this.#i18n.text("enter.label")),
			this.#fault,
			this.#input,
			this.#hint,
			this.#password.element,
			this.#button,
		);
	}

	/** @param {HTMLFormElement} form */
	#listen(form) {
		this.#doorway.on("change", () => this.#render());
		this.#input.addEventListener("input", () => this.#doorway.correct("name", this.#name));
		this.#password.input.addEventListener("input", () => this.#doorway.correct("password", this.#name));
		this.#otherWay.addEventListener("click", () => this.#take(this.#doorway.way === "new" ? "known" : "new"));
		this.#offer.addEventListener("click", () => this.#accept());
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	get #name() {
		return this.#input.value.trim();
	}

	/** Whoever was here before is expected again. */
	#greet() {
		const { farewell } = this.#session;
		if (farewell === this.#greeted) return;
		this.#greeted = farewell;
		if (farewell?.hasPassword) this.#input.value = farewell.name;
		this.#doorway.take(farewell?.hasPassword ? "known" : "new");
		const ended = farewell?.how === "ended";
		this.#notice.hidden = !ended;
		this.#notice.textContent = ended ? this.#i18n.text("enter.ended") : "";
	}

	#focus() {
		const { way, fault } = this.#doorway;
		const atPassword = fault ? fault.field === "password" : way === "known" && this.#name !== "";
		(atPassword ? this.#password.input : this.#input).focus();
	}

	/** @param {import("../model/doorway.js").Way} way */
	#take(way) {
		this.#doorway.take(way);
		this.#focus();
	}

	#accept() {
		const isSignIn = this.#doorway.offer === "sign-in";
		this.#take(isSignIn ? "known" : "new");
		if (!isSignIn) this.#submit();
	}

	async #submit() {
		if (this.#busy) return;
		if (!this.#doorway.try(this.#name, this.#password.value)) return this.#focus();
		this.#wait(true);
		try {
			await this.#actions.enter(this.#name, this.#doorway.way === "known" ? this.#password.value : undefined);
			this.#clear();
		} catch (reason) {
			this.#doorway.refuse(Refusal.from(reason));
			this.#focus();
		} finally {
			this.#wait(false);
		}
	}

	#clear() {
		this.#input.value = "";
		this.#password.clear();
		this.#doorway.take("new");
	}

	/** @param {boolean} busy */
	#wait(busy) {
		this.#busy = busy;
		this.#button.disabled = busy;
	}

	#render() {
		const known = this.#doorway.way === "known";
		this.#hint.hidden = known;
		this.#password.element.hidden = !known;
		this.#button.textContent = this.#i18n.text(known ? "enter.signIn" : "enter.button");
		this.#otherWay.textContent = this.#i18n.text(known ? "enter.isNew" : "enter.isKnown");
		this.#renderFault();
	}

	#renderFault() {
		const { fault, offer } = this.#doorway;
		if (fault) this.#boxOf(fault.field).before(this.#fault);
		this.#error.textContent = fault ? this.#words(fault.is) : "";
		this.#offer.hidden = !offer;
		this.#offer.textContent = offer ? this.#i18n.text(`enter.offer.${offer}`) : "";
		setAttribute(this.#input, "aria-invalid", fault?.field === "name" ? "true" : null);
		setAttribute(this.#password.input, "aria-invalid", fault?.field === "password" ? "true" : null);
	}

	/** @param {import("../model/doorway.js").Field} field */
	#boxOf(field) {
		return field === "password" ? this.#password.box : this.#input;
	}

	/** @param {string | Refusal} is */
	#words(is) {
		return typeof is === "string" ? this.#i18n.text(`enter.fault.${is}`) : this.#i18n.error(is);
	}
}
