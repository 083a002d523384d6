/** Keeps drafts beyond the life of the page, per person and conversation; and words that wait for their files. */

/** @typedef {import("../../model/conversation/own-draft.js").StoredDraft} StoredDraft */
/** @typedef {import("../../model/conversation/own-draft.js").Text} Text */
/** @typedef {Pick<import("./local-store.js").LocalStore, "get" | "set" | "delete">} Shelf */

export class DraftStore {
	#shelf;

	/** @param {Shelf} shelf */
	constructor(shelf) {
		this.#shelf = shelf;
	}

	/** @param {string} user @param {string} conversation @returns {StoredDraft | null} */
	load(user, conversation) {
		return JSON.parse(this.#shelf.get(keyOf(user, conversation)) ?? "null");
	}

	/** @param {string} user @param {string} conversation @param {StoredDraft | null} kept */
	put(user, conversation, kept) {
		const key = keyOf(user, conversation);
		if (kept) this.#shelf.set(key, JSON.stringify(kept));
		else this.#shelf.delete(key);
	}

	/** @param {string} user @param {string} conversation @returns {Text[]} */
	words(user, conversation) {
		return JSON.parse(this.#shelf.get(wordsKeyOf(user, conversation)) ?? "[]");
	}

	/** @param {string} user @param {string} conversation @param {Text[]} words */
	putWords(user, conversation, words) {
		const key = wordsKeyOf(user, conversation);
		if (words.length > 0) this.#shelf.set(key, JSON.stringify(words));
		else this.#shelf.delete(key);
	}
}

/** @param {string} user @param {string} conversation */
const keyOf = (user, conversation) => `ting-draft ${user} ${conversation}`;

/** @param {string} user @param {string} conversation */
const wordsKeyOf = (user, conversation) => `ting-words ${user} ${conversation}`;
