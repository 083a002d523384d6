import { ANONYMOUS, countsAsUnread } from "../../model/base/messages.js";
import { mentionsUser } from "../../model/lists/conversation-list.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */

/** Several messages read within this time are reported once. */
export const INTERVAL_MS = 150;

/** Tracks what was read (visible while the page had the focus) and reports it to the server. */
export class ReadTracker {
	#world;
	#socket;
	#conversationSync;
	/** @type {(() => void)[]} */
	#unsubscribers = [];
	/** The last reported mark, by conversation. @type {Map<string, number>} */
	#reported = new Map();
	/** Conversations with a mark to report. @type {Set<Conversation>} */
	#pending = new Set();
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "request">} socket
	 * @param {Pick<ConversationSync, "on" | "isJoined">} conversationSync
	 */
	constructor(world, socket, conversationSync) {
		this.#world = world;
		this.#socket = socket;
		this.#conversationSync = conversationSync;
		world.on("current", (conversation) => this.#open(conversation));
		world.on("place", () => this.#update());
		world.pageFocus.on("change", () => this.#update());
		world.conversationList.on("read", (id) => this.#correct(id));
		conversationSync.on("joined", ({ conversation, read }) => this.#joined(conversation, read));
	}

	/**
	 * The user has read on another device.
	 * @param {{conversation: string, seq: number, head?: number, unread?: number, mentions?: number}} mark
	 */
	receive(mark) {
		const conversation = this.#world.loaded(mark.conversation);
		this.#world.conversationList.markRead(mark);
		if (!conversation) return;
		conversation.readState.markRead(mark.seq);
		if (!this.#world.isVisible(conversation.id)) conversation.readState.moveDivider();
	}

	/** @param {Conversation} conversation */
	#open(conversation) {
		for (const unsubscribe of this.#unsubscribers) unsubscribe();
		const { readState, timeline } = conversation;
		readState.open();
		this.#unsubscribers = [
			readState.on("seen", () => this.#update()),
			timeline.on("change", () => this.#messagesChanged(conversation)),
		];
	}

	/**
	 * @param {Conversation} conversation
	 * @param {number | undefined} read the server's mark; undefined if the user is new here
	 */
	#joined({ id, readState, cursor }, read) {
		const entry = this.#world.conversationList.get(id);
		const mark = read ?? entry?.read ?? cursor.head;
		if (readState.mark > cursor.head) readState.reset();
		this.#reported.set(id, mark);
		readState.load(mark, entry?.unread, cursor.head);
		this.#update();
	}

	/**
	 * A message that arrives while the user does not look, or has scrolled up, is below the divider.
	 * @param {Conversation} conversation
	 */
	#messagesChanged(conversation) {
		const { readState, timeline } = conversation;
		if (this.#world.isVisible(conversation.id) && readState.seen > 0) return;
		if (readState.unreadIn(timeline.messages, this.#me).length > 0) readState.moveDivider();
	}

	get #me() {
		return this.#world.session.me ?? ANONYMOUS;
	}

	#update() {
		const { current, conversationList } = this.#world;
		if (!current || !this.#world.isVisible(current.id) || !this.#conversationSync.isJoined(current)) return;
		const { id, readState, cursor, timeline } = current;
		const seq = Math.min(readState.seen, cursor.at);
		if (readState.divider === null || seq < readState.mark) return;
		if (readState.markRead(seq))
			conversationList.markRead({
				conversation: id,
				seq,
				...this.#count(readState.unreadIn(timeline.messages, this.#me)),
			});
		if (seq > (this.#reported.get(id) ?? 0)) this.#scheduleReport(current);
	}

	/** The server sent unread counts from before it knew this client's read mark: correct them. @param {string} id */
	#correct(id) {
		const conversation = this.#world.loaded(id);
		const entry = this.#world.conversationList.get(id);
		if (!conversation || !entry) return;
		const { mark } = conversation.readState;
		// A mark above the head is from before the server lost history.
		if (mark <= entry.read || mark > entry.head) return;
		this.#world.conversationList.markRead({ conversation: id, seq: mark, ...this.#remaining(entry, conversation) });
		this.#scheduleReport(conversation);
	}

	/**
	 * The server's unread counts, without the messages that were read here.
	 * @param {Listed} entry
	 * @param {Conversation} conversation
	 */
	#remaining({ head, read: serverMark, unread, mentions }, { readState: { mark }, timeline }) {
		if (mark === head) return {};
		const read = timeline.messages.filter(({ first }) => first > serverMark && first <= mark);
		const counted = this.#count(read.filter((message) => countsAsUnread(message, this.#me)));
		return {
			unread: Math.max(0, unread - counted.unread),
			mentions: Math.max(0, mentions - counted.mentions),
		};
	}

	/** @param {Message[]} messages */
	#count(messages) {
		return {
			unread: messages.length,
			mentions: messages.filter((message) => mentionsUser(message, this.#me.id)).length,
		};
	}

	/** Report the mark of a conversation soon. @param {Conversation} conversation */
	#scheduleReport(conversation) {
		this.#pending.add(conversation);
		this.#timer ??= setTimeout(() => this.#report(), INTERVAL_MS);
	}

	#report() {
		this.#timer = undefined;
		const pending = [...this.#pending];
		this.#pending.clear();
		for (const { id: conversation, readState } of pending) {
			const seq = readState.mark;
			this.#reported.set(conversation, seq);
			// A lost report is sent again after the next join.
			this.#socket.request({ type: "read", conversation, seq }).catch(() => this.#reported.delete(conversation));
		}
	}
}
