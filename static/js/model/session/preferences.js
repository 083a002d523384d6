import { Emitter } from "../base/emitter.js";
import { RecentEmoji } from "../text/recent-emoji.js";

const ANNOUNCE = "ting-announce-words";
const LANGUAGE = "ting-language";
const CHOSEN = "ting-language-chosen";
const THEME = "ting-theme";
const DESKTOP_ASKED = "ting-desktop-asked";

/** @typedef {import("../base/protocol.js").Language} Language */
/** @typedef {import("../base/protocol.js").Theme} Theme */
/**
 * @typedef {object} Storage
 * @property {(key: string) => string | null | undefined} get
 * @property {(key: string, value: string) => unknown} set
 * @property {(key: string) => boolean} [isPersistent] whether it will be there when the page is loaded again
 */

/**
 * Settings of this browser, and a copy of the account settings that are needed before sign-in.
 * @extends {Emitter<{change: void}>}
 */
export class Preferences extends Emitter {
	#storage;
	#announceWords;

	/** @param {Storage} storage */
	constructor(storage) {
		super();
		this.#storage = storage;
		this.emoji = new RecentEmoji(storage);
		this.#announceWords = storage.get(ANNOUNCE) === "yes";
	}

	/** Whether those who listen hear others word by word. */
	get announceWords() {
		return this.#announceWords;
	}

	set announceWords(announce) {
		this.#announceWords = announce;
		this.#storage.set(ANNOUNCE, announce ? "yes" : "no");
		this.emit("change");
	}

	/** Whether somebody was asked in this browser if they want to be told on the desktop. */
	get desktopAsked() {
		return this.#storage.get(DESKTOP_ASKED) === "yes";
	}

	set desktopAsked(asked) {
		this.#storage.set(DESKTOP_ASKED, asked ? "yes" : "no");
	}

	/** The language that was chosen; null for that of the browser. @returns {Language | null} */
	get language() {
		return /** @type {Language | null} */ (this.#storage.get(LANGUAGE) || null);
	}

	/** Day, night, or null for what the system says. @returns {Theme | null} */
	get theme() {
		return /** @type {Theme | null} */ (this.#storage.get(THEME) || null);
	}

	/** Whether they will be here when the page is loaded again. */
	get isPersistent() {
		return this.#storage.isPersistent?.(LANGUAGE) ?? false;
	}

	/** What was chosen here before anybody came in, and whoever does is to keep; null for nothing. @returns {Language | null} */
	get chosenLanguage() {
		return this.#storage.get(CHOSEN) === "yes" ? this.language : null;
	}

	/** Somebody who is not in wants to read in this language. @param {Language} language */
	chooseLanguage(language) {
		this.#storage.set(LANGUAGE, language);
		this.#storage.set(CHOSEN, "yes");
		this.emit("change");
	}

	/** From now on the account says which language it is. */
	languageSaved() {
		this.#storage.set(CHOSEN, "");
	}

	/** As the account says; what it does not speak of stays, and so does what is yet to be kept. @param {{language?: Language | null, theme?: Theme | null}} account */
	applyAccount({ language = this.language, theme = this.theme }) {
		language = this.chosenLanguage ?? language;
		if (language === this.language && theme === this.theme) return;
		this.#storage.set(LANGUAGE, language ?? "");
		this.#storage.set(THEME, theme ?? "");
		this.emit("change");
	}
}
