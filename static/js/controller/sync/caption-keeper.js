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
	/** Whose words these are. @type {string | null} */
	#user = null;
	/** The conversations of the words that this page has kept, by id. @type {Map<string, string>} */
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
		// The files of the last person are gone, and that is what their words are kept for.
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

	/** What is no longer on its way waits in the outbox by now. @param {string} user */
	#drop(user) {
		const underway = new Set(this.#world.uploads.captions.map(({ id }) => id));
		for (const [id, conversation] of this.#stored) {
			if (underway.has(id)) continue;
			this.#stored.delete(id);
			const others = this.#store.captions(user, conversation).filter((each) => each.id !== id);
			this.#store.putCaptions(user, conversation, others);
		}
	}

	/** Make a draft of what a page before this one has kept, where there is none. @param {Conversation} conversation */
	#restore({ id: conversation, draft: own }) {
		const user = this.#world.session.me?.id;
		if (!user || own.id || this.#store.load(user, conversation)) return;
		const captions = this.#store.captions(user, conversation);
		const lost = captions.filter(({ id }) => !this.#stored.has(id));
		if (!lost[0]) return;
		// Under its id it is no second message if another tab sends it after all.
		const draft = { id: lost[0].id, text: lost.map(({ text }) => text).join("\n\n") };
		// The others see it when it is touched.
		const stored = { ...draft, told: draft, touched: 0 };
		this.#store.put(user, conversation, stored);
		this.#store.putCaptions(
			user,
			conversation,
			captions.filter((each) => !lost.includes(each)),
		);
		own.restore(stored);
	}
}
