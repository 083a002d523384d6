import { MAX_NAME_CHARS, nicknameFault } from "../model/names.js";
import { Refusal } from "../model/refusal.js";
import { element, setAttribute } from "./elements.js";
import { logo } from "./icons.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */

/** The first screen: who are you? */
export class EnterView {
	#i18n;
	#actions;
	#channel = element("p", { class: "enter-channel" });
	#error = element("p", { class: "error", id: "enter-error", role: "alert" });
	#button;
	#input = element("input", {
		id: "nickname",
		name: "name",
		type: "text",
		autocomplete: "nickname",
		autocapitalize: "off",
		spellcheck: "false",
		dir: "auto",
		"aria-describedby": "enter-error enter-hint",
	});

	/** @param {I18n} i18n @param {Actions} actions */
	constructor(i18n, actions) {
		this.#i18n = i18n;
		this.#actions = actions;
		this.#button = element("button", { class: "button primary" }, i18n.text("enter.button"));
		const form = this.#form();
		this.element = element(
			"main",
			{ class: "enter-screen" },
			element("div", { class: "enter-card" }, this.#heading(), form),
		);
		this.#input.addEventListener("input", () => this.#check());
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	/** @param {string} channel where the reader is about to go */
	show(channel) {
		this.#channel.textContent = this.#i18n.text("enter.channel", { channel });
		this.#input.focus();
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
			element("label", { for: "nickname" }, this.#i18n.text("enter.label")),
			this.#error,
			this.#input,
			element("p", { class: "hint", id: "enter-hint" }, this.#i18n.text("enter.hint", { count: MAX_NAME_CHARS })),
			this.#button,
		);
	}

	/** While typing an empty field is no mistake yet. */
	#check() {
		const fault = nicknameFault(this.#input.value.trim());
		this.#say(fault && fault !== "empty" ? this.#i18n.text(`enter.fault.${fault}`) : "");
	}

	async #submit() {
		const name = this.#input.value.trim();
		const fault = nicknameFault(name);
		if (fault) return this.#fail(this.#i18n.text(`enter.fault.${fault}`));
		if (this.#button.disabled) return;
		this.#button.disabled = true;
		try {
			await this.#actions.enter(name);
			this.#input.value = "";
		} catch (reason) {
			this.#fail(this.#i18n.error(Refusal.from(reason)));
		} finally {
			this.#button.disabled = false;
		}
	}

	/** @param {string} text */
	#fail(text) {
		this.#say(text);
		this.#input.focus();
	}

	/** @param {string} text */
	#say(text) {
		this.#error.textContent = text;
		setAttribute(this.#input, "aria-invalid", text ? "true" : null);
	}
}
