import { Emitter } from "../base/emitter.js";
import { fold } from "./fold.js";

/**
 * @typedef {{emoji: string, names: string[], tones: boolean}} Emoji `tones`: a colour of skin may follow it
 * @typedef {{name: string, emoji: Emoji[]}} Group
 * @typedef {object} Table as in static/emoji/emoji.json
 * @property {{name: string, emoji: [string, string, number][]}[]} groups
 * @property {Record<string, string>} emoticons
 */

/** One part of what joiners hold together: a sign, and what says how it looks. */
const PART = "\\p{Extended_Pictographic}(?:\\uFE0F|\\p{EMod}|[\\u{E0020}-\\u{E007F}])*";
/** What is a letter otherwise, or a sign among letters, is a picture only if it says so. */
const SHOWN_AS_EMOJI = "(?=\\p{Emoji_Presentation}|\\p{Emoji}\\uFE0F|\\p{Emoji_Modifier_Base}\\p{EMod})";

/** One emoji: UTS #51, "emoji sequences". The source of a regular expression with the flag `u`. */
export const EMOJI_PATTERN = `(?:\\p{RI}{2}|[0-9#*]\\uFE0F?\\u20E3|${SHOWN_AS_EMOJI}${PART}(?:\\u200D${PART})*)`;

/**
 * All emoji with their names and emoticons. Empty until the table is loaded; `change` is emitted then.
 * @extends {Emitter<{change: void}>}
 */
export class EmojiTable extends Emitter {
	/** @type {Group[]} */
	#groups = [];
	/** @type {Map<string, Emoji>} */
	#byName = new Map();
	/** @type {Map<string, string>} */
	#emoticons = new Map();
	/** By emoji: what people look for, in their language, the best first. @type {Map<string, string[]>} */
	#words = new Map();

	/** @param {Table} table */
	fill({ groups, emoticons }) {
		this.#groups = groups.map(({ name, emoji }) => ({
			name,
			emoji: emoji.map(([sign, names, tones]) => ({ emoji: sign, names: names.split(" "), tones: tones === 1 })),
		}));
		for (const emoji of this.all) for (const name of emoji.names) this.#byName.set(name, emoji);
		this.#emoticons = new Map(Object.entries(emoticons));
		this.emit("change");
	}

	/** In the order of `all`, as in static/emoji/words-*.json: divided by bars. @param {readonly string[]} words */
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

	/** @param {string} emoticon */
	byEmoticon(emoticon) {
		return this.#emoticons.get(emoticon);
	}

	/** Its first word in the reader's language, else its name. @param {Emoji} emoji */
	labelOf({ emoji, names }) {
		return this.#words.get(emoji)?.[0] || (names[0] ?? emoji).replaceAll("_", " ");
	}

	/**
	 * Those whose name or words begin so, the most fitting first.
	 * @param {string} query
	 * @param {number} most
	 * @returns {Emoji[]}
	 */
	search(query, most) {
		const typed = query.trim();
		const wanted = fold(typed);
		if (!wanted) return [];
		const ranked = this.all.map((each) => ({
			emoji: each,
			rank: each.emoji === typed ? 0 : this.#rank(each, wanted),
		}));
		return ranked
			.filter(({ rank }) => rank < 4)
			.sort((a, b) => a.rank - b.rank)
			.slice(0, most)
			.map(({ emoji }) => emoji);
	}

	/** 0 is best, 4 is no match; a shorter name is nearer to what was typed. @param {Emoji} emoji @param {string} wanted */
	#rank({ emoji, names }, wanted) {
		if (names.includes(wanted)) return 0;
		const beginning = names.filter((name) => name.startsWith(wanted)).map(({ length }) => length);
		if (beginning.length > 0) return 2 - 1 / Math.min(...beginning);
		const words = (this.#words.get(emoji) ?? []).map(fold);
		if (words.some((word) => word.startsWith(wanted))) return 2;
		const inside = [...names.map((name) => name.replaceAll("_", " ")), ...words];
		return inside.some((word) => word.includes(` ${wanted}`)) ? 3 : 4;
	}
}
