/** Stores drafts per user and conversation, and the captions of files that are still being uploaded. */

/** @typedef {import("../../model/conversation/own-draft.js").StoredDraft} StoredDraft */
/** @typedef {import("../../model/conversation/own-draft.js").Text} Text */
/** @typedef {Pick<import("./local-store.js").LocalStore, "get" | "set" | "delete">} Store */

export class DraftStore {
	#localStore;

	/** @param {Store} localStore */
	constructor(localStore) {
		this.#localStore = localStore;
	}

	/** @param {string} user @param {string} conversation @returns {StoredDraft | null} */
	load(user, conversation) {
		return JSON.parse(this.#localStore.get(keyOf(user, conversation)) ?? "null");
	}

	/** @param {string} user @param {string} conversation @param {StoredDraft | null} stored */
	put(user, conversation, stored) {
		const key = keyOf(user, conversation);
		if (stored) this.#localStore.set(key, JSON.stringify(stored));
		else this.#localStore.delete(key);
	}

	/** @param {string} user @param {string} conversation @returns {Text[]} */
	captions(user, conversation) {
		return JSON.parse(this.#localStore.get(captionsKeyOf(user, conversation)) ?? "[]");
	}

	/** @param {string} user @param {string} conversation @param {Text[]} captions */
	putCaptions(user, conversation, captions) {
		const key = captionsKeyOf(user, conversation);
		if (captions.length > 0) this.#localStore.set(key, JSON.stringify(captions));
		else this.#localStore.delete(key);
	}
}

/** @param {string} user @param {string} conversation */
const keyOf = (user, conversation) => `ting-draft ${user} ${conversation}`;

/** @param {string} user @param {string} conversation */
const captionsKeyOf = (user, conversation) => `ting-words ${user} ${conversation}`;
