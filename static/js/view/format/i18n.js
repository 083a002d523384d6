import { sizeText } from "./numbers.js";

/** The texts of the interface in the user's language. */

/** @typedef {import("../../model/base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {Record<string, string | Record<string, string>>} Texts */
/** @typedef {Record<string, string | number>} Values */

/** @type {import("../../model/base/protocol.js").Language[]} */
export const LANGUAGES = ["en", "el"];
const FALLBACK = "en";

/**
 * @param {readonly string[]} preferred as in `navigator.languages`
 * @returns {{language: string, locale: string}} the language of the texts, and the user's locale for dates and numbers
 */
export function chooseLanguage(preferred) {
	for (const locale of preferred) {
		const language = locale.toLowerCase().split("-")[0];
		if (language && LANGUAGES.some((known) => known === language)) return { language, locale };
	}
	return { language: FALLBACK, locale: FALLBACK };
}

export class I18n {
	#texts;
	#plurals;
	#numbers;

	/** @param {string} language @param {string} locale @param {Texts} texts */
	constructor(language, locale, texts) {
		this.language = language;
		this.locale = locale;
		this.#texts = texts;
		this.#plurals = new Intl.PluralRules(language);
		this.#numbers = new Intl.NumberFormat(locale);
	}

	/** @param {readonly string[]} preferred */
	static async load(preferred) {
		const { language, locale } = chooseLanguage(preferred);
		const response = await fetch(new URL(`../../../i18n/${language}.json`, import.meta.url));
		return new I18n(language, locale, await response.json());
	}

	/**
	 * @param {string} key
	 * @param {Values} [values] for the names in braces; `count` chooses the plural form
	 */
	text(key, values = {}) {
		const entry = this.#texts[key] ?? key;
		const text = typeof entry === "string" ? entry : this.#plural(entry, Number(values.count));
		// A time can end in a full stop, as in "7:18 p.m.", which also ends the sentence.
		return text.replace(/\{(\w+)\}(\.?)/g, (whole, name, stop) => {
			const value = this.#value(values[name]);
			return value === undefined ? whole : value + (value.endsWith(".") ? "" : stop);
		});
	}

	/**
	 * @param {{code: string, message: string, reason?: string | undefined, retryAfterS?: number | undefined,
	 *   limit?: number | undefined}} refusal
	 */
	error({ code, message, reason = "", retryAfterS = 1, limit }) {
		const rule = `password.fault.${reason}`;
		if (code === "bad_password" && rule in this.#texts) return this.text(rule);
		const key = `error.${code}`;
		if (limit !== undefined && `${key}.limit` in this.#texts)
			return this.text(`${key}.limit`, { size: sizeText(limit, this) });
		return key in this.#texts ? this.text(key, { count: Math.ceil(retryAfterS) }) : message;
	}

	/** The summary of a command; only commands of Ting's own plugins are translated. @param {CommandHelp} command */
	command(command) {
		return this.translates(command) ? this.text(commandKey(command)) : command.summary;
	}

	/** Whether a command is one of Ting's own. @param {CommandHelp} command */
	translates(command) {
		return commandKey(command) in this.#texts;
	}

	/** @param {Record<string, string>} forms @param {number} count */
	#plural(forms, count) {
		return forms[this.#plurals.select(count)] ?? forms.other ?? "";
	}

	/** @param {string | number | undefined} value */
	#value(value) {
		return typeof value === "number" ? this.#numbers.format(value) : value;
	}
}

/**
 * A command that lost its bare name to another plugin is named `plugin:name`.
 * @param {CommandHelp} command
 */
const commandKey = ({ plugin, name }) => `command.${plugin}.${name.split(":").at(-1)}`;
