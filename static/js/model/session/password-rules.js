/**
 * What makes a new password too easy to guess. The server has the same rules (`ting/accounts/password_rules.py`), and
 * decides; `tests/passwords.json` has examples for both.
 */

import { Emitter } from "../base/emitter.js";
import { codePoints } from "../base/names.js";
import { fold } from "../text/fold.js";

export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 256;
export const MIN_DIGITS = 12; // of a password that has only digits
const MIN_DIFFERENT = 5;
const MAX_ADDED = 8; // digits and symbols around a word; with more of them, it is the digits that make the password
const MIN_WORD_CHARS = 3;
const SITE = ["ting", "localhost"];
/** From these lengths on, a password without a fault is good, or strong. */
const LENGTHS = [12, 16];

const RUNS = [
	"abcdefghijklmnopqrstuvwxyz",
	"αβγδεζηθικλμνξοπρστυφχψω",
	"01234567890",
	"qwertyuiop",
	"asdfghjkl",
	"zxcvbnm",
	"qwertzuiop",
	"azertyuiop",
	"ερτυθιοπ",
	"ασδφγηξκλ",
	"ζχψωβνμ",
];
const STEPS = new Set(
	RUNS.flatMap((run) => [...run].slice(1).flatMap((to, at) => [`${run[at]}${to}`, `${to}${run[at]}`])),
);
const SYMBOLS = new Map(Object.entries({ "@": "a", $: "s" }));
const DIGITS = ["oieastii", "oleastll"].map((letters) => new Map([..."013457!|"].map((key, at) => [key, letters[at]])));

/** @typedef {"short" | "long" | "repeated" | "sequence" | "digits" | "name" | "site" | "email" | "common"} Fault */
/** How hard to guess: 0 with a fault, then 1 to 3. @typedef {0 | 1 | 2 | 3} Strength */

/**
 * The rules for new passwords. Emits `needed` when the list of common passwords has to be loaded, and `change` when it
 * is there.
 * @extends {Emitter<{needed: void, change: void}>}
 */
export class PasswordRules extends Emitter {
	/** @type {Set<string>} */
	#common = new Set();
	#site = SITE;

	/** @param {string} host of the page */
	set host(host) {
		this.#site = [...SITE, host, ...host.split(".").filter((part) => part.length >= MIN_WORD_CHARS)];
	}

	/** A password is about to be typed: the list of common ones is needed. Until it is there, the server knows more. */
	prepare() {
		if (this.#common.size === 0) this.emit("needed");
	}

	/** @param {Iterable<string>} common folded */
	fill(common) {
		this.#common = new Set(common);
		this.emit("change");
	}

	/**
	 * Why a password is too easy to guess; null if it is not.
	 * @param {string} password
	 * @param {string} name of the user
	 * @param {string | null} [email]
	 * @returns {Fault | null}
	 */
	fault(password, name, email = null) {
		const composed = password.normalize("NFC");
		const length = codePoints(composed);
		if (length < MIN_PASSWORD_CHARS) return "short";
		if (length > MAX_PASSWORD_CHARS) return "long";
		const folded = [...fold(composed)];
		return patternFault(folded) ?? this.#personalFault(folded, name, email ?? "") ?? this.#commonFault(folded);
	}

	/** @param {string} password @param {string} name @param {string | null} [email] @returns {Strength} */
	strength(password, name, email) {
		if (this.fault(password, name, email)) return 0;
		const length = codePoints(password);
		return /** @type {Strength} */ (1 + LENGTHS.filter((from) => length >= from).length);
	}

	/** @param {string[]} folded @param {string} name @param {string} email @returns {Fault | null} */
	#personalFault(folded, name, email) {
		const [local = ""] = email.split("@");
		/** @type {[string[], Fault][]} */
		const kinds = [
			[[name], "name"],
			[this.#site, "site"],
			[[email, local], "email"],
			[[name, ...this.#site, local], "name"], // a mixture
		];
		return kinds.find(([words]) => isMadeOf(folded, words))?.[1] ?? null;
	}

	/** @param {string[]} folded @returns {Fault | null} */
	#commonFault(folded) {
		return variants(folded).some((variant) => this.#common.has(variant)) ? "common" : null;
	}
}

/** @param {string[]} folded @returns {Fault | null} */
function patternFault(folded) {
	if (new Set(folded).size < MIN_DIFFERENT || period(folded) < MIN_PASSWORD_CHARS) return "repeated";
	const pairs = folded.slice(1).map((to, at) => [folded[at], to]);
	const steps = pairs.filter(([from, to]) => from === to || STEPS.has(`${from}${to}`));
	if (4 * steps.length >= 3 * pairs.length) return "sequence";
	return folded.length < MIN_DIGITS && folded.every((character) => /\p{Nd}/u.test(character)) ? "digits" : null;
}

/** The length of the part that a text repeats at least twice; that of the text if it repeats none. @param {string[]} text */
function period(text) {
	const borders = [0]; // Knuth, Morris, Pratt: linear
	for (let at = 1; at < text.length; at += 1) {
		let length = borders[at - 1] ?? 0;
		while (length > 0 && text[at] !== text[length]) length = borders[length - 1] ?? 0;
		borders.push(text[at] === text[length] ? length + 1 : length);
	}
	const found = text.length - (borders.at(-1) ?? 0);
	return 2 * found <= text.length ? found : text.length;
}

/** @param {string[]} text @param {Map<string, string | undefined>} table */
const translated = (text, table) => text.map((character) => table.get(character) ?? character);

/** A password as it may be in the list: itself, and the word in it. @param {string[]} folded @returns {string[]} */
function variants(folded) {
	return [folded, translated(folded, SYMBOLS)].flatMap((text) =>
		[text.join(""), text.join("").replace(/[^\p{L}\p{N}]+/gu, "")].flatMap((whole) => {
			const word = whole.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
			const length = codePoints(word);
			const isWord = length >= MIN_WORD_CHARS && folded.length - length <= MAX_ADDED;
			return (isWord ? [whole, word] : [whole]).flatMap(withoutDigits);
		}),
	);
}

/** A text, and what it may be with digits written for letters. @param {string} text */
const withoutDigits = (text) => [text, ...DIGITS.map((table) => translated([...text], table).join(""))];

/** Whether only digits and symbols remain of a password without these words. @param {string[]} folded @param {string[]} words */
function isMadeOf(folded, words) {
	const letters = words.map((word) => lettersOf(fold(word)));
	const parts = letters.filter((part) => part.length >= 2);
	const whole = translated(folded, SYMBOLS).join("");
	return [folded.join(""), ...withoutDigits(whole)].map(lettersOf).some((rest) => {
		if (rest === "" || folded.length - codePoints(rest) > MAX_ADDED) return false;
		return letters.includes(rest) || isConcatenation(rest, parts);
	});
}

/** @param {string} text */
const lettersOf = (text) => text.replace(/[^\p{L}]+/gu, "");

/** @param {string} text @param {string[]} parts */
function isConcatenation(text, parts) {
	const reached = new Set([0]);
	for (let at = 0; at < text.length; at += 1) {
		if (!reached.has(at)) continue;
		for (const part of parts) if (text.startsWith(part, at)) reached.add(at + part.length);
	}
	return reached.has(text.length);
}
