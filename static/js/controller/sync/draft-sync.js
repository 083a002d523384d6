import { codePoints } from "../../model/base/names.js";
import { isCommand } from "../../model/text/links.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/conversation/own-draft.js").OwnDraft} OwnDraft */
/** @typedef {import("../../model/conversation/own-draft.js").Text} Text */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../storage/draft-store.js").DraftStore} DraftStore */
/** @typedef {import("./outbox-sender.js").OutboxSender} OutboxSender */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */

/** A draft is told at most this often. */
export const INTERVAL_MS = 100;
/** Who has not written for so long is not writing here: what another device writes may be followed. */
export const FOLLOW_AFTER_MS = 2_000;

/**
 * Tells the server what the composer holds. It compares states instead of counting keystrokes, so it does not
 * matter how a text came about; what is sent is always the whole, latest text. Keeps drafts over a reload.
 */
export class DraftSync {
	#world;
	#socket;
	#sync;
	#sender;
	#store;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {(() => void)} */
	#stop = () => {};
	/** What this tab kept last; another one may have kept something since. */
	#kept = "null";
	#lastSent = Number.NEGATIVE_INFINITY;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#followTimer;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on" | "tell">} socket
	 * @param {Pick<ConversationSync, "on" | "isHere">} sync
	 * @param {Pick<OutboxSender, "isUnderway">} sender
	 * @param {Pick<DraftStore, "load" | "put">} store
	 */
	constructor(world, socket, sync, sender, store) {
		this.#world = world;
		this.#socket = socket;
		this.#sync = sync;
		this.#sender = sender;
		this.#store = store;
		world.on("current", (conversation) => this.#open(conversation));
		world.outbox.on("change", () => this.#outboxChanged());
		world.outbox.on("removed", (entry) => this.#withdraw(entry));
		world.session.on("me", () => this.#consider());
		sync.on("joined", ({ conversation, mine }) => this.#joined(conversation, mine));
	}

	/** @param {Conversation} conversation */
	#open(conversation) {
		this.#stop();
		this.#conversation = conversation;
		const { draft } = conversation;
		const me = this.#world.session.me;
		const kept = me && !draft.id && this.#store.load(me.id, conversation.id);
		if (kept) draft.restore(kept);
		this.#kept = JSON.stringify(draft.kept);
		this.#stop = draft.on("change", () => this.#changed(conversation));
	}

	/** @param {Conversation} conversation @param {import("../../model/base/protocol.js").Draft | undefined} mine */
	#joined(conversation, mine) {
		conversation.draft.join(mine);
		this.#outboxChanged();
	}

	#outboxChanged() {
		const conversation = this.#conversation;
		if (!conversation) return;
		for (const { id, text } of this.#world.outbox.of(conversation.id)) conversation.draft.sent(id, text);
		this.#consider();
	}

	/**
	 * What could not be sent stands before others as a draft still; its author does not want it any more.
	 * @param {import("../../model/conversation/outbox.js").Entry} entry
	 */
	#withdraw({ conversation, id }) {
		const known = this.#world.known(conversation);
		if (known && this.#sync.isHere(known)) this.#socket.tell({ type: "draft", conversation, id, text: "" });
	}

	/** @param {Conversation} conversation */
	#changed({ id, draft }) {
		this.#keep(id, draft.kept);
		this.#followLater(draft);
		this.#consider();
	}

	/** @param {string} conversation @param {import("../../model/conversation/own-draft.js").StoredDraft | null} kept */
	#keep(conversation, kept) {
		const me = this.#world.session.me;
		const state = JSON.stringify(kept);
		if (!me || state === this.#kept) return;
		this.#kept = state;
		this.#store.put(me.id, conversation, kept);
	}

	/** Go on with what another device writes, but never while somebody writes here. @param {OwnDraft} draft */
	#followLater(draft) {
		clearTimeout(this.#followTimer);
		if (!draft.isOvertaken) return;
		const pause = draft.touched + FOLLOW_AFTER_MS - Date.now();
		if (pause <= 0) draft.follow();
		else this.#followTimer = setTimeout(() => draft.follow(), pause);
	}

	/** Tell what there is to tell, as soon as the interval allows. */
	#consider() {
		clearTimeout(this.#timer);
		if (!this.#conversation || !this.#news(this.#conversation)) return;
		const pause = this.#lastSent + INTERVAL_MS - Date.now();
		if (pause <= 0) this.#tell(this.#conversation);
		else this.#timer = setTimeout(() => this.#consider(), pause);
	}

	/** @param {Conversation} conversation */
	#tell({ id: conversation, draft }) {
		const news = this.#news(/** @type {Conversation} */ (this.#conversation));
		if (!news) return;
		this.#lastSent = Date.now();
		this.#socket.tell({ type: "draft", conversation, ...news });
		draft.tell(news.text ? news : null);
	}

	/** What the server should know and does not. @param {Conversation} conversation @returns {Text | null} */
	#news(conversation) {
		const { draft } = conversation;
		if (!this.#sync.isHere(conversation) || this.#waitsBehind(conversation)) return null;
		if (codePoints(draft.text) > this.#world.limits.text) return null;
		const { told } = draft;
		const text = this.#isShared(draft.text) ? draft.text : "";
		if (!text) return told && { id: told.id, text };
		return draft.id && (told?.id !== draft.id || told.text !== text) ? { id: draft.id, text } : null;
	}

	/** @param {string} text */
	#isShared(text) {
		return text.trim() !== "" && !text.startsWith("/") && this.#world.session.me?.share_typing !== "nothing";
	}

	/** A message that has not left would lose its place to the next draft, and come to stand below it. @param {Conversation} conversation */
	#waitsBehind({ id }) {
		const waiting = this.#world.outbox.queues().get(id) ?? [];
		return waiting.some((entry) => !isCommand(entry.text) && !this.#sender.isUnderway(entry));
	}
}
