import { Emitter } from "../base/emitter.js";
import { RecentEmoji } from "../text/recent-emoji.js";

const ANNOUNCE = "ting-announce-words";
const LANGUAGE = "ting-language";
const CHOSEN = "ting-language-chosen";
const THEME = "ting-theme";
const CLOSED_COLUMN = "ting-closed-";
const DESKTOP_ASKED = "ting-desktop-asked";

/** @typedef {import("../base/protocol.js").Language} Language */
/** @typedef {import("../base/protocol.js").Theme} Theme */
/**
 * @typedef {object} Storage
 * @property {(key: string) => string | null | undefined} get
 * @property {(key: string, value: string) => unknown} set
 * @property {(key: string) => boolean} [isPersistent] whether the value survives a reload
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

	/** Whether screen readers announce the drafts of other users word by word. */
	get announceWords() {
		return this.#announceWords;
	}

	set announceWords(announce) {
		this.#announceWords = announce;
		this.#storage.set(ANNOUNCE, announce ? "yes" : "no");
		this.emit("change");
	}

	/** Whether the user closed a column on this device. @param {"list" | "people"} column */
	isClosed(column) {
		return this.#storage.get(CLOSED_COLUMN + column) === "yes";
	}

	/** @param {"list" | "people"} column @param {boolean} isClosed */
	setClosed(column, isClosed) {
		this.#storage.set(CLOSED_COLUMN + column, isClosed ? "yes" : "no");
	}

	/** Whether this browser has already asked the user about desktop notifications. */
	get desktopAsked() {
		return this.#storage.get(DESKTOP_ASKED) === "yes";
	}

	set desktopAsked(asked) {
		this.#storage.set(DESKTOP_ASKED, asked ? "yes" : "no");
	}

	/** The chosen language; null for the browser's. @returns {Language | null} */
	get language() {
		return /** @type {Language | null} */ (this.#storage.get(LANGUAGE) || null);
	}

	/** The chosen theme; null for the system's. @returns {Theme | null} */
	get theme() {
		return /** @type {Theme | null} */ (this.#storage.get(THEME) || null);
	}

	/** Whether the preferences survive a reload. */
	get isPersistent() {
		return this.#storage.isPersistent?.(LANGUAGE) ?? false;
	}

	/**
	 * The language that was chosen before sign-in and is not saved in an account yet; null for none.
	 * @returns {Language | null}
	 */
	get chosenLanguage() {
		return this.#storage.get(CHOSEN) === "yes" ? this.language : null;
	}

	/** Choose a language before sign-in. @param {Language} language */
	chooseLanguage(language) {
		this.#storage.set(LANGUAGE, language);
		this.#storage.set(CHOSEN, "yes");
		this.emit("change");
	}

	/** The chosen language was saved in the account. */
	languageSaved() {
		this.#storage.set(CHOSEN, "");
	}

	/**
	 * Copy the settings of the account. A missing one stays as it is, and so does a language that is not saved yet.
	 * @param {{language?: Language | null, theme?: Theme | null}} account
	 */
	applyAccount({ language = this.language, theme = this.theme }) {
		language = this.chosenLanguage ?? language;
		if (language === this.language && theme === this.theme) return;
		this.#storage.set(LANGUAGE, language ?? "");
		this.#storage.set(THEME, theme ?? "");
		this.emit("change");
	}
}
