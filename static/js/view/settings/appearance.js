import { LANGUAGES } from "../format/i18n.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/session.js").Session} Session */
/** @typedef {{value: string, label: string, icon?: import("../ui/icons.js").IconName, lang?: string}} Option */

/** Language, colour theme and the list of conversations. All are settings of the account, on all its devices. */
export class AppearanceSection {
	#section;
	#session;
	#account;

	/** @param {Session} session @param {I18n} i18n @param {AccountActions} account */
	constructor(session, i18n, account) {
		this.#session = session;
		this.#account = account;
		this.#section = new Section("looks", i18n);
		this.element = this.#section.element;
		const languages = LANGUAGES.map((value) => ({ value, label: i18n.text(`looks.language.${value}`), lang: value }));
		const themes = /** @type {Option[]} */ ([
			{ value: "light", label: i18n.text("looks.theme.light"), icon: "sun" },
			{ value: "dark", label: i18n.text("looks.theme.dark"), icon: "moon" },
			{ value: "", label: i18n.text("looks.theme.system"), icon: "computer" },
		]);
		this.#section.fill(
			chooser("language", i18n.text("looks.language"), [
				...languages,
				{ value: "", label: i18n.text("looks.language.browser") },
			]),
			chooser("theme", i18n.text("looks.theme"), themes),
			chooser("list_order", i18n.text("looks.list"), [
				{ value: "sections", label: i18n.text("looks.list.sections") },
				{ value: "activity", label: i18n.text("looks.list.activity") },
			]),
		);
		this.element.addEventListener("change", ({ target }) => this.#choose(/** @type {HTMLInputElement} */ (target)));
		session.on("me", () => this.#render());
		this.#render();
	}

	/** @param {HTMLInputElement} input */
	async #choose({ name, value }) {
		await this.#section.attempt(() => this.#account.update({ [name]: value || null }));
		this.#render();
	}

	#render() {
		const { language = null, theme = null, list_order = "sections" } = this.#session.me ?? {};
		for (const [name, value] of Object.entries({ language, theme, list_order })) {
			const input = this.element.querySelector(`input[name="${name}"][value="${value ?? ""}"]`);
			if (input) /** @type {HTMLInputElement} */ (input).checked = true;
		}
	}
}

/** A group of radio buttons in one row. @param {string} name @param {string} title @param {Option[]} options */
function chooser(name, title, options) {
	const labels = options.map(({ value, label, icon: iconName, lang }) =>
		element(
			"label",
			{ class: "segment", lang },
			element("input", { type: "radio", name, value }),
			iconName ? icon(iconName) : null,
			element("span", {}, label),
		),
	);
	return element(
		"fieldset",
		{ class: "chooser" },
		element("legend", {}, title),
		element("div", { class: "segments" }, ...labels),
	);
}
