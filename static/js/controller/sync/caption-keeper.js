/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../storage/draft-store.js").DraftStore} DraftStore */

/**
 * Stores the captions of files that are still being uploaded. A file does not outlive the page or the session; its
 * caption does, and becomes a draft at the next visit.
 */
export class CaptionKeeper {
	#world;
	#store;
	/** The id of the user whose captions these are. @type {string | null} */
	#user = null;
	/** The conversation of each caption that this page has stored, by caption id. @type {Map<string, string>} */
	#stored = new Map();

	/** @param {World} world @param {DraftStore} store */
	constructor(world, store) {
		this.#world = world;
		this.#store = store;
		world.uploads.on("change", () => this.#update());
		world.on("current", (conversation) => this.#restore(conversation));
	}

	#update() {
		const user = this.#world.session.me?.id ?? null;
		// The uploads of the previous user are gone. Their captions stay in the store, for the next visit.
		if (user !== this.#user) this.#stored.clear();
		this.#user = user;
		if (!user) return;
		this.#storeNew(user);
		this.#drop(user);
	}

	/** @param {string} user */
	#storeNew(user) {
		for (const { conversation, id, text } of this.#world.uploads.captions) {
			if (this.#stored.has(id)) continue;
			this.#stored.set(id, conversation);
			this.#store.putCaptions(user, conversation, [...this.#store.captions(user, conversation), { id, text }]);
		}
	}

	/** Drop the captions of finished uploads: their messages are in the outbox. @param {string} user */
	#drop(user) {
		const pending = new Set(this.#world.uploads.captions.map(({ id }) => id));
		for (const [id, conversation] of this.#stored) {
			if (pending.has(id)) continue;
			this.#stored.delete(id);
			const others = this.#store.captions(user, conversation).filter((caption) => caption.id !== id);
			this.#store.putCaptions(user, conversation, others);
		}
	}

	/** Turn captions of an earlier page into a draft, unless there is one. @param {Conversation} conversation */
	#restore({ id: conversation, draft: ownDraft }) {
		const user = this.#world.session.me?.id;
		if (!user || ownDraft.id || this.#store.load(user, conversation)) return;
		const captions = this.#store.captions(user, conversation);
		const lost = captions.filter(({ id }) => !this.#stored.has(id));
		if (!lost[0]) return;
		// The same id: if another tab sends the caption after all, the server stores one message, not two.
		const draft = { id: lost[0].id, text: lost.map(({ text }) => text).join("\n\n") };
		// `told` equals the text: other users see the draft only after the next keystroke.
		const stored = { ...draft, told: draft, touched: 0 };
		this.#store.put(user, conversation, stored);
		this.#store.putCaptions(
			user,
			conversation,
			captions.filter((caption) => !lost.includes(caption)),
		);
		ownDraft.restore(stored);
	}
}
