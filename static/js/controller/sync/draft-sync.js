import { codePoints } from "../../model/base/names.js";
import { isVisible } from "../../model/text/clean.js";
import { isCommand } from "../../model/text/links.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/conversation/own-draft.js").OwnDraft} OwnDraft */
/** @typedef {import("../../model/conversation/own-draft.js").Text} Text */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../storage/draft-store.js").DraftStore} DraftStore */
/** @typedef {import("./outbox-sender.js").OutboxSender} OutboxSender */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */

/** A draft is sent at most this often. */
export const INTERVAL_MS = 100;
/** After this time without input here, the draft follows what another device writes. */
export const FOLLOW_AFTER_MS = 2_000;

/**
 * Sends the text of the composer to the server as a draft. It compares states instead of counting keystrokes, so any
 * way of input works; what is sent is always the whole, latest text. Stores drafts across a reload.
 */
export class DraftSync {
	#world;
	#socket;
	#conversationSync;
	#outboxSender;
	#store;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {(() => void)} */
	#unsubscribe = () => {};
	/** The state that this tab stored last, as JSON. Another tab may have stored another one since. */
	#stored = "null";
	#lastSent = Number.NEGATIVE_INFINITY;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#followTimer;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on" | "send">} socket
	 * @param {Pick<ConversationSync, "on" | "isJoined">} conversationSync
	 * @param {Pick<OutboxSender, "isUnderway">} outboxSender
	 * @param {Pick<DraftStore, "load" | "put">} store
	 */
	constructor(world, socket, conversationSync, outboxSender, store) {
		this.#world = world;
		this.#socket = socket;
		this.#conversationSync = conversationSync;
		this.#outboxSender = outboxSender;
		this.#store = store;
		world.on("current", (conversation) => this.#open(conversation));
		world.outbox.on("change", () => this.#outboxChanged());
		world.outbox.on("removed", (entry) => this.#clear(entry));
		world.session.on("me", () => this.#schedule());
		conversationSync.on("joined", ({ conversation, mine }) => this.#joined(conversation, mine));
	}

	/** @param {Conversation} conversation */
	#open(conversation) {
		this.#unsubscribe();
		this.#conversation = conversation;
		const { draft } = conversation;
		const me = this.#world.session.me;
		const stored = me && !draft.id && this.#store.load(me.id, conversation.id);
		if (stored) draft.restore(stored);
		this.#stored = JSON.stringify(draft.stored);
		this.#unsubscribe = draft.on("change", () => this.#changed(conversation));
	}

	/** @param {Conversation} conversation @param {import("../../model/base/protocol.js").Draft | undefined} mine */
	#joined(conversation, mine) {
		conversation.draft.join(mine);
		this.#outboxChanged();
	}

	#outboxChanged() {
		const conversation = this.#conversation;
		if (!conversation) return;
		for (const { id, text } of this.#world.outbox.entriesFor(conversation.id)) conversation.draft.markSent(id, text);
		this.#schedule();
	}

	/**
	 * The author removed a message that could not be sent. Other users still see it as a draft, so clear that.
	 * @param {import("../../model/conversation/outbox.js").Entry} entry
	 */
	#clear({ conversation, id }) {
		const known = this.#world.loaded(conversation);
		if (known && this.#conversationSync.isJoined(known))
			this.#socket.send({ type: "draft", conversation, id, text: "" });
	}

	/** @param {Conversation} conversation */
	#changed({ id, draft }) {
		this.#save(id, draft.stored);
		this.#followLater(draft);
		this.#schedule();
	}

	/** @param {string} conversation @param {import("../../model/conversation/own-draft.js").StoredDraft | null} stored */
	#save(conversation, stored) {
		const me = this.#world.session.me;
		const state = JSON.stringify(stored);
		if (!me || state === this.#stored) return;
		this.#stored = state;
		this.#store.put(me.id, conversation, stored);
	}

	/** Take over the draft of another device, but never while the user types here. @param {OwnDraft} draft */
	#followLater(draft) {
		clearTimeout(this.#followTimer);
		if (!draft.isContinuedElsewhere) return;
		const pause = draft.touched + FOLLOW_AFTER_MS - Date.now();
		if (pause <= 0) draft.continueHere();
		else this.#followTimer = setTimeout(() => draft.continueHere(), pause);
	}

	/** Send the draft as soon as the interval allows. */
	#schedule() {
		clearTimeout(this.#timer);
		if (!this.#conversation || !this.#unsent(this.#conversation)) return;
		const pause = this.#lastSent + INTERVAL_MS - Date.now();
		if (pause <= 0) this.#send(this.#conversation);
		else this.#timer = setTimeout(() => this.#schedule(), pause);
	}

	/** @param {Conversation} conversation */
	#send({ id: conversation, draft }) {
		const unsent = this.#unsent(/** @type {Conversation} */ (this.#conversation));
		if (!unsent) return;
		this.#lastSent = Date.now();
		this.#socket.send({ type: "draft", conversation, ...unsent });
		draft.markSynced(unsent.text ? unsent : null);
	}

	/**
	 * The draft state that the server should have and does not.
	 * @param {Conversation} conversation
	 * @returns {Text | null}
	 */
	#unsent(conversation) {
		const { draft } = conversation;
		if (!this.#conversationSync.isJoined(conversation) || this.#waitsBehind(conversation)) return null;
		if (codePoints(draft.text) > this.#world.limits.text) return null;
		const { synced } = draft;
		const text = this.#isShared(draft.text) ? draft.text : "";
		if (!text) return synced && { id: synced.id, text };
		return draft.id && (synced?.id !== draft.id || synced.text !== text) ? { id: draft.id, text } : null;
	}

	/** @param {string} text */
	#isShared(text) {
		return isVisible(text) && !text.startsWith("/") && this.#world.session.me?.share_typing !== "nothing";
	}

	/**
	 * Whether a message waits in the outbox. The next draft must wait too: it would take the position of that message,
	 * which would then appear below it.
	 * @param {Conversation} conversation
	 */
	#waitsBehind({ id }) {
		const waiting = this.#world.outbox.queues().get(id) ?? [];
		return waiting.some((entry) => !isCommand(entry.text) && !this.#outboxSender.isUnderway(entry));
	}
}
