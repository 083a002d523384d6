import { Emitter } from "../base/emitter.js";
import { fold } from "./fold.js";

/**
 * @typedef {{emoji: string, names: string[], tones: boolean}} Emoji `tones`: it supports skin tones
 * @typedef {{name: string, emoji: Emoji[]}} Group
 * @typedef {object} Table the format of static/emoji/emoji.json
 * @property {{name: string, emoji: [string, string, number][]}[]} groups
 * @property {Record<string, string>} emoticons
 */

/** One part of a joined sequence: a pictograph with its modifiers. */
const PART = "\\p{Extended_Pictographic}(?:\\uFE0F|\\p{EMod}|[\\u{E0020}-\\u{E007F}])*";
/** A character that is also a text symbol counts as emoji only with a variation selector or a skin tone. */
const SHOWN_AS_EMOJI = "(?=\\p{Emoji_Presentation}|\\p{Emoji}\\uFE0F|\\p{Emoji_Modifier_Base}\\p{EMod})";

/** One emoji: UTS #51, "emoji sequences". The source of a regular expression with the flag `u`. */
export const EMOJI_PATTERN = `(?:\\p{RI}{2}|[0-9#*]\\uFE0F?\\u20E3|${SHOWN_AS_EMOJI}${PART}(?:\\u200D${PART})*)`;
/** Finds each emoji of a text. */
export const EMOJI = new RegExp(EMOJI_PATTERN, "gu");

/**
 * All emoji with their names and emoticons. Empty until the table is loaded; `change` is emitted then.
 * @extends {Emitter<{change: void}>}
 */
export class EmojiTable extends Emitter {
	/** @type {Group[]} */
	#groups = [];
	/** @type {Map<string, Emoji>} */
	#byName = new Map();
	/** @type {Map<string, Emoji>} */
	#byCharacters = new Map();
	/** @type {Map<string, string>} */
	#emoticons = new Map();
	/** Keywords by emoji, in the user's language, the best first. @type {Map<string, string[]>} */
	#words = new Map();

	/** @param {Table} table */
	fill({ groups, emoticons }) {
		this.#groups = groups.map(({ name, emoji }) => ({
			name,
			emoji: emoji.map(([characters, names, tones]) => ({
				emoji: characters,
				names: names.split(" "),
				tones: tones === 1,
			})),
		}));
		for (const emoji of this.all) {
			this.#byCharacters.set(emoji.emoji, emoji);
			for (const name of emoji.names) this.#byName.set(name, emoji);
		}
		this.#emoticons = new Map(Object.entries(emoticons));
		this.emit("change");
	}

	/**
	 * Set the keywords.
	 * @param {readonly string[]} words in the order of `all`, separated by `|`, as in static/emoji/words-*.json
	 */
	fillWords(words) {
		this.all.forEach(({ emoji }, index) => void this.#words.set(emoji, (words[index] ?? "").split("|")));
		this.emit("change");
	}

	get ready() {
		return this.#byName.size > 0;
	}

	get hasWords() {
		return this.#words.size > 0;
	}

	get groups() {
		return this.#groups;
	}

	get all() {
		return this.#groups.flatMap(({ emoji }) => emoji);
	}

	/** @param {string} name as in `:name:` */
	byName(name) {
		return this.#byName.get(name)?.emoji;
	}

	/** @param {string} characters without a skin tone */
	byCharacters(characters) {
		return this.#byCharacters.get(characters);
	}

	/** @param {string} emoticon */
	byEmoticon(emoticon) {
		return this.#emoticons.get(emoticon);
	}

	/** The first keyword in the user's language, or else the name. @param {Emoji} emoji */
	labelOf({ emoji, names }) {
		return this.#words.get(emoji)?.[0] || (names[0] ?? emoji).replaceAll("_", " ");
	}

	/**
	 * The emoji whose names or keywords begin with the query, the best first.
	 * @param {string} query
	 * @param {number} limit
	 * @returns {Emoji[]}
	 */
	search(query, limit) {
		const typed = query.trim();
		const prefix = fold(typed);
		if (!prefix) return [];
		const ranked = this.all.map((emoji) => ({
			emoji,
			rank: emoji.emoji === typed ? 0 : this.#rank(emoji, prefix),
		}));
		return ranked
			.filter(({ rank }) => rank < 4)
			.sort((a, b) => a.rank - b.rank)
			.slice(0, limit)
			.map(({ emoji }) => emoji);
	}

	/** 0 is best, 4 is no match; a shorter name ranks better. @param {Emoji} emoji @param {string} prefix */
	#rank({ emoji, names }, prefix) {
		if (names.includes(prefix)) return 0;
		const lengths = names.filter((name) => name.startsWith(prefix)).map(({ length }) => length);
		if (lengths.length > 0) return 2 - 1 / Math.min(...lengths);
		const words = (this.#words.get(emoji) ?? []).map(fold);
		if (words.some((word) => word.startsWith(prefix))) return 2;
		const phrases = [...names.map((name) => name.replaceAll("_", " ")), ...words];
		return phrases.some((phrase) => phrase.includes(` ${prefix}`)) ? 3 : 4;
	}
}
