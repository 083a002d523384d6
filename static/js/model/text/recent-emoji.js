const RECENT = "ting-emoji-recent";
const TONE = "ting-emoji-tone";
const MAX_RECENT = 18;
/** How many emoji are one press away at each message. */
const QUICK = 3;
const DEFAULTS = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

export const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"];

/**
 * @typedef {{get: (key: string) => string | null | undefined, set: (key: string, value: string) => unknown}} Storage
 */

/** The emoji that were used last in this browser, and the preferred skin tone. */
export class RecentEmoji {
	#storage;

	/** @param {Storage} storage */
	constructor(storage) {
		this.#storage = storage;
	}

	/** The latest first. @returns {string[]} */
	get recent() {
		const stored = (this.#storage.get(RECENT) ?? "").split(" ").filter(Boolean);
		return [...new Set([...stored, ...DEFAULTS])].slice(0, MAX_RECENT);
	}

	/** The latest few. They keep their places while they are used, so that a press finds them again. */
	get quick() {
		return this.recent.slice(0, QUICK);
	}

	/** @param {string} emoji the one that was used */
	add(emoji) {
		if (this.quick.includes(emoji)) return;
		this.#storage.set(RECENT, [...new Set([emoji, ...this.recent])].slice(0, MAX_RECENT).join(" "));
	}

	/** One of TONES. */
	get tone() {
		const tone = this.#storage.get(TONE) ?? "";
		return TONES.includes(tone) ? tone : "";
	}

	set tone(tone) {
		this.#storage.set(TONE, tone);
	}
}

/** An emoji that supports skin tones, in this tone. @param {string} emoji @param {string} tone one of TONES */
export function toned(emoji, tone) {
	if (!tone) return emoji;
	const [first = "", ...rest] = emoji;
	return `${first}${tone}${rest.join("").replace(/^\uFE0F/, "")}`;
}
