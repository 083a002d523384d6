import { element, iconButton, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("./dom.js").Translator} Translator */

/** A password with its label, and a button that shows what was typed. */
export class PasswordField {
	#i18n;
	#eye;

	/**
	 * @param {Translator} i18n
	 * @param {{id: string, label: string, autocomplete: "current-password" | "new-password", describedBy: string}} options
	 */
	constructor(i18n, { id, label, autocomplete, describedBy }) {
		this.#i18n = i18n;
		this.input = element("input", {
			id,
			name: id,
			type: "password",
			autocomplete,
			autocapitalize: "off",
			spellcheck: "false",
			"aria-describedby": describedBy,
		});
		this.#eye = iconButton(icon("eye"), i18n.text("password.show"), {
			class: "icon-button",
			"aria-pressed": "false",
			"aria-controls": id,
		});
		this.#eye.addEventListener("click", () => this.#reveal(this.input.type === "password"));
		this.box = element("div", { class: "password-box" }, this.input, this.#eye);
		this.element = element("div", { class: "field" }, element("label", { for: id }, label), this.box);
	}

	get value() {
		return this.input.value;
	}

	/** Empty the field, and hide what is typed next. */
	clear() {
		this.input.value = "";
		this.#reveal(false);
	}

	/** @param {boolean} isShown */
	#reveal(isShown) {
		const label = this.#i18n.text(isShown ? "password.hide" : "password.show");
		this.input.type = isShown ? "text" : "password";
		setAttribute(this.#eye, "aria-pressed", String(isShown));
		setAttribute(this.#eye, "aria-label", label);
		this.#eye.title = label;
		this.#eye.replaceChildren(icon(isShown ? "hidden" : "eye"));
	}
}
