import { ANONYMOUS, countsAsUnread } from "../../model/base/messages.js";
import { mentionsUser } from "../../model/lists/conversation-list.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */

/** Many messages that are read one after the other are told of once. */
export const INTERVAL_MS = 150;

/** Sees what is read: what was on the screen while somebody looked; and tells the server. */
export class ReadTracker {
	#world;
	#socket;
	#sync;
	/** @type {(() => void)[]} */
	#stops = [];
	/** What the server has heard of, by conversation. @type {Map<string, number>} */
	#told = new Map();
	/** What it is to hear of. @type {Set<Conversation>} */
	#pending = new Set();
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "request">} socket
	 * @param {Pick<ConversationSync, "on" | "isHere">} sync
	 */
	constructor(world, socket, sync) {
		this.#world = world;
		this.#socket = socket;
		this.#sync = sync;
		world.on("current", (conversation) => this.#enter(conversation));
		world.on("place", () => this.#consider());
		world.attention.on("change", () => this.#consider());
		world.listing.on("read", (id) => this.#correct(id));
		sync.on("joined", ({ conversation, read }) => this.#joined(conversation, read));
	}

	/** Another device of mine read. @param {{conversation: string, seq: number, head?: number, unread?: number, mentions?: number}} mark */
	hear(mark) {
		const conversation = this.#world.known(mark.conversation);
		this.#world.listing.read(mark);
		if (!conversation) return;
		conversation.reading.read(mark.seq);
		if (!this.#world.isLookedAt(conversation.id)) conversation.reading.leaveOff();
	}

	/** @param {Conversation} conversation */
	#enter(conversation) {
		for (const stop of this.#stops) stop();
		const { reading, timeline } = conversation;
		reading.enter();
		this.#stops = [reading.on("seen", () => this.#consider()), timeline.on("change", () => this.#heard(conversation))];
	}

	/** @param {Conversation} conversation @param {number | undefined} read by the server's count; none for whoever is new here */
	#joined({ id, reading, cursor }, read) {
		const entry = this.#world.listing.get(id);
		const mark = read ?? entry?.read ?? cursor.head;
		if (reading.mark > cursor.head) reading.reset();
		this.#told.set(id, mark);
		reading.arrive(mark, entry?.unread, cursor.head);
		this.#consider();
	}

	/** What comes while nobody looks, or further down, is new to whoever comes back. @param {Conversation} conversation */
	#heard(conversation) {
		const { reading, timeline } = conversation;
		if (this.#world.isLookedAt(conversation.id) && reading.seen > 0) return;
		if (reading.unreadOf(timeline.messages, this.#me).length > 0) reading.leaveOff();
	}

	get #me() {
		return this.#world.session.me ?? ANONYMOUS;
	}

	#consider() {
		const { current, listing } = this.#world;
		if (!current || !this.#world.isLookedAt(current.id) || !this.#sync.isHere(current)) return;
		const { id, reading, cursor, timeline } = current;
		const seq = Math.min(reading.seen, cursor.at);
		if (reading.divider === null || seq < reading.mark) return;
		if (reading.read(seq))
			listing.read({ conversation: id, seq, ...this.#count(reading.unreadOf(timeline.messages, this.#me)) });
		if (seq > (this.#told.get(id) ?? 0)) this.#owe(current);
	}

	/** The server told what is unread before it heard how far that was read here. @param {string} id */
	#correct(id) {
		const conversation = this.#world.known(id);
		const entry = this.#world.listing.get(id);
		if (!conversation || !entry) return;
		const { mark } = conversation.reading;
		// A mark above all there is comes from before the server lost history.
		if (mark <= entry.read || mark > entry.head) return;
		this.#world.listing.read({ conversation: id, seq: mark, ...this.#leftOf(entry, conversation) });
		this.#owe(conversation);
	}

	/** What the server counted as unread and is not read here, either. @param {Listed} entry @param {Conversation} conversation */
	#leftOf({ head, read: since, unread, mentions }, { reading: { mark }, timeline }) {
		if (mark === head) return {};
		const read = timeline.messages.filter(({ first }) => first > since && first <= mark);
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

	/** The server is to hear how far this was read. @param {Conversation} conversation */
	#owe(conversation) {
		this.#pending.add(conversation);
		this.#timer ??= setTimeout(() => this.#tell(), INTERVAL_MS);
	}

	#tell() {
		this.#timer = undefined;
		const pending = [...this.#pending];
		this.#pending.clear();
		for (const { id: conversation, reading } of pending) {
			const seq = reading.mark;
			this.#told.set(conversation, seq);
			// What gets lost is told again after the next join.
			this.#socket.request({ type: "read", conversation, seq }).catch(() => this.#told.delete(conversation));
		}
	}
}
