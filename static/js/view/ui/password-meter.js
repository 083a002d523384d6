import { element, setText } from "./dom.js";

/** @typedef {import("./dom.js").Translator} Translator */
/** @typedef {import("../../model/session/password-rules.js").PasswordRules} PasswordRules */

const MAX_STRENGTH = 3;
const SHOWN_AT_FAULT = 0.5; // so that the bar of a weak password is not empty

/** Shows while a new password is typed how hard it is to guess, and if it is refused, why. */
export class PasswordMeter {
	#i18n;
	#rules;
	#input;
	#owner;
	#bar = element("meter", { min: 0, max: MAX_STRENGTH, low: 1, high: 2, optimum: MAX_STRENGTH, "aria-hidden": "true" });
	#verdict;

	/**
	 * @param {Translator} i18n
	 * @param {PasswordRules} rules
	 * @param {{id: string, input: HTMLInputElement, owner: () => {name: string, email?: string | null} | null}}
	 *   options `owner`: whose new password it is; null if no new one is typed
	 */
	constructor(i18n, rules, { id, input, owner }) {
		this.#i18n = i18n;
		this.#rules = rules;
		this.#input = input;
		this.#owner = owner;
		this.#verdict = element("p", { class: "hint", id, role: "status" });
		this.element = element("div", { class: "password-meter", hidden: true }, this.#bar, this.#verdict);
		input.addEventListener("focus", () => owner() && rules.prepare());
		input.addEventListener("input", () => this.render());
		rules.on("change", () => this.render());
	}

	/** Show the verdict on what is typed now; nothing for an empty field, or if it is no new password. */
	render() {
		const [password, owner] = [this.#input.value, this.#owner()];
		this.element.hidden = password === "" || owner === null;
		if (password === "" || owner === null) return setText(this.#verdict, "");
		const fault = this.#rules.fault(password, owner.name, owner.email);
		const strength = this.#rules.strength(password, owner.name, owner.email);
		this.#bar.value = strength || SHOWN_AT_FAULT;
		setText(this.#verdict, this.#i18n.text(fault ? `password.fault.${fault}` : `password.strength.${strength}`));
	}
}
