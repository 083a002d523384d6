/** Keeps drafts beyond the life of the page, per person and conversation. */

/** @typedef {import("../model/own-draft.js").Kept} Kept */
/** @typedef {Pick<import("./shelf.js").Shelf, "get" | "set" | "delete">} Shelf */

export class DraftStore {
	#shelf;

	/** @param {Shelf} shelf */
	constructor(shelf) {
		this.#shelf = shelf;
	}

	/** @param {string} user @param {string} conversation @returns {Kept | null} */
	load(user, conversation) {
		return JSON.parse(this.#shelf.get(keyOf(user, conversation)) ?? "null");
	}

	/** @param {string} user @param {string} conversation @param {Kept | null} kept */
	put(user, conversation, kept) {
		const key = keyOf(user, conversation);
		if (kept) this.#shelf.set(key, JSON.stringify(kept));
		else this.#shelf.delete(key);
	}
}

/** @param {string} user @param {string} conversation */
const keyOf = (user, conversation) => `ting-draft ${user} ${conversation}`;
