/** The words of the screen, in the reader's language. */

/** @typedef {import("../../model/base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {Record<string, string | Record<string, string>>} Words */
/** @typedef {Record<string, string | number>} Values */

/** @type {import("../../model/base/protocol.js").Language[]} */
export const LANGUAGES = ["en", "el"];
const FALLBACK = "en";

/**
 * @param {readonly string[]} wanted as in `navigator.languages`
 * @returns {{language: string, locale: string}} ours, and theirs for dates and numbers
 */
export function chooseLanguage(wanted) {
	for (const locale of wanted) {
		const language = locale.toLowerCase().split("-")[0];
		if (language && LANGUAGES.some((known) => known === language)) return { language, locale };
	}
	return { language: FALLBACK, locale: FALLBACK };
}

export class I18n {
	#words;
	#plurals;
	#numbers;

	/** @param {string} language @param {string} locale @param {Words} words */
	constructor(language, locale, words) {
		this.language = language;
		this.locale = locale;
		this.#words = words;
		this.#plurals = new Intl.PluralRules(language);
		this.#numbers = new Intl.NumberFormat(locale);
	}

	/** @param {readonly string[]} wanted */
	static async load(wanted) {
		const { language, locale } = chooseLanguage(wanted);
		const response = await fetch(new URL(`../../../i18n/${language}.json`, import.meta.url));
		return new I18n(language, locale, await response.json());
	}

	/**
	 * @param {string} key
	 * @param {Values} [values] what stands in braces; `count` chooses the plural form
	 */
	text(key, values = {}) {
		const entry = this.#words[key] ?? key;
		const text = typeof entry === "string" ? entry : this.#plural(entry, Number(values.count));
		return text.replace(/\{(\w+)\}/g, (whole, name) => this.#value(values[name]) ?? whole);
	}

	/** @param {{code: string, message: string, retryAfterS?: number | undefined}} reason */
	error({ code, message, retryAfterS = 1 }) {
		const key = `error.${code}`;
		return key in this.#words ? this.text(key, { count: Math.ceil(retryAfterS) }) : message;
	}

	/** What a command does; one that did not come with Ting says it in its own words. @param {CommandHelp} command */
	command({ plugin, name, summary }) {
		const key = `command.${plugin}.${name}`;
		return key in this.#words ? this.text(key) : summary;
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
