import { Emitter } from "../base/emitter.js";
import { countsAsUnread, isVisibleTo } from "../base/messages.js";

/** @typedef {import("../base/protocol.js").Entry} Entry */
/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {Required<Omit<Entry, "with">> & Pick<Entry, "with">} Listed an entry with all that the wire leaves out */

/** Until the server sends its own limit. */
const DEFAULT_LIMIT = 50;

/** A message that was counted: whether it calls me, and its first seq. @typedef {{first: number, mentionsMe: boolean}} Counted */

/** Counted messages that are remembered per conversation. */
const MAX_COUNTED = 100;

/** @param {string} conversation */
export const isDirect = (conversation) => conversation.startsWith("@");

/** The id of the private between two users. @param {string} one @param {string} other */
export const directId = (one, other) => `@${[one, other].sort().join("~")}`;

/** @param {Entry} entry @returns {Listed} */
function completed(entry) {
	/** @type {import("../base/protocol.js").Notify} */
	const notify = isDirect(entry.conversation) ? "all" : "mentions";
	const nothing = { topic: "", people: 0, online: false, unread: 0, mentions: 0, pinned: false, notify };
	return { ...nothing, ...entry };
}

/** Whether a message calls somebody. @param {Message} message @param {string} me an id */
export const mentionsUser = ({ mentions = [] }, me) => mentions.includes(me) || mentions.includes("here");

/** How much of what is unread is worth being told of. @param {Listed} entry */
export function notifyCountOf({ notify, unread, mentions }) {
	if (notify === "nothing") return 0;
	return notify === "all" ? unread : mentions;
}

/** @param {Listed} a @param {Listed} b */
const byPlace = (a, b) => Number(b.pinned) - Number(a.pinned) || b.active - a.active;

/**
 * The user's conversations, as the server lists them; new messages are counted until the server sends its own counts.
 * Emits `change` for any change, `message` for an unread message of another user, and `read` when a conversation was read,
 * here or on another device.
 *
 * @extends {Emitter<{change: void, message: {entry: Listed, message: Message}, read: string}>}
 */
export class ConversationList extends Emitter {
	/** @type {Map<string, Listed>} */
	#entries = new Map();
	#limit = DEFAULT_LIMIT;
	#loaded = false;
	/** What changed while an answer of the server was on its way. @type {(() => void)[] | null} */
	#queuedChanges = null;
	/** What was counted here, by conversation: the server's counts may be older. @type {Map<string, Counted[]>} */
	#counted = new Map();

	/** Pinned ones first, then by activity. @returns {Listed[]} */
	get all() {
		return [...this.#entries.values()].sort(byPlace).slice(0, this.#limit);
	}

	/** Whether the server has told which there are. */
	get loaded() {
		return this.#loaded;
	}

	/** What is unread and worth being told of, in all conversations. */
	get notifyCount() {
		return this.all.reduce((sum, entry) => sum + notifyCountOf(entry), 0);
	}

	/** @param {string} conversation @returns {Listed | undefined} */
	get(conversation) {
		return this.#entries.get(conversation);
	}

	/** Whether the server was asked for all there is: what changes until it answers goes over its answer. */
	set isLoading(/** @type {boolean} */ expecting) {
		this.#queuedChanges = expecting ? [] : null;
	}

	/** What the server has is all there is. @param {Entry[]} entries @param {number} [limit] */
	replace(entries, limit = DEFAULT_LIMIT) {
		const before = this.#entries;
		const all = entries.map((entry) => this.#withLocalState(completed(entry)));
		this.#entries = new Map(all.map((entry) => [entry.conversation, entry]));
		this.#limit = limit;
		this.#loaded = true;
		const meanwhile = this.#queuedChanges ?? [];
		this.#queuedChanges = null;
		for (const id of before.keys()) this.emit("read", id);
		this.emit("change");
		for (const change of meanwhile) change();
	}

	/** An entry as it now is. @param {Entry} entry */
	put(entry) {
		this.#queuedChanges?.push(() => this.put(entry));
		this.#entries.set(entry.conversation, this.#withLocalState(completed(entry)));
		this.#changed(entry.conversation);
	}

	/** Somebody came online, or went. @param {string} user an id @param {boolean} online */
	setOnline(user, online) {
		this.#queuedChanges?.push(() => this.setOnline(user, online));
		for (const { conversation, with: person } of this.#entries.values())
			if (person?.id === user) this.describe(conversation, { online });
	}

	/** @param {string} conversation @param {Partial<Pick<Listed, "topic" | "people" | "online">>} description */
	describe(conversation, description) {
		this.#queuedChanges?.push(() => this.describe(conversation, description));
		const entry = this.#entries.get(conversation);
		if (!entry) return;
		this.#entries.set(conversation, { ...entry, ...description });
		this.emit("change");
	}

	/** @param {string} conversation */
	remove(conversation) {
		this.#queuedChanges?.push(() => this.remove(conversation));
		if (this.#entries.delete(conversation)) this.#changed(conversation);
	}

	/**
	 * Something was said or changed; what is of interest brings the conversation to the top.
	 * @param {Message} message
	 * @param {import("../base/messages.js").Recipient} me
	 */
	receive(message, me) {
		const entry = this.#entries.get(message.conversation);
		if (!entry || message.seq <= entry.head) return;
		const called = mentionsUser(message, me.id);
		// An edit is no news, and what was counted is not counted again.
		const isNew = message.first > Math.max(entry.head, entry.read) && countsAsUnread(message, me);
		const count = Number(isNew);
		const isOnTop = isVisibleTo(message, me) && (isDirect(message.conversation) || called);
		const now = {
			...entry,
			head: message.seq,
			unread: entry.unread + count,
			mentions: entry.mentions + (called ? count : 0),
			active: isOnTop ? Math.max(entry.active, message.sent) : entry.active,
		};
		this.#entries.set(message.conversation, now);
		if (isNew) this.#remember(message.conversation, { first: message.first, mentionsMe: called });
		this.emit("change");
		if (isNew) this.emit("message", { entry: now, message });
	}

	/**
	 * I have read up to here; it never moves back.
	 * @param {{conversation: string, seq: number, head?: number, unread?: number, mentions?: number}} mark with what is
	 *   left, counted up to `head`
	 */
	markRead(mark) {
		this.#queuedChanges?.push(() => this.markRead(mark));
		const { conversation, seq, head, unread = 0, mentions = 0 } = mark;
		const entry = this.#entries.get(conversation);
		if (!entry || seq < entry.read) return;
		const since = this.#since(conversation, Math.max(head ?? entry.head, seq));
		const left = { unread: unread + since.unread, mentions: mentions + since.mentions };
		this.#entries.set(conversation, { ...entry, read: seq, ...left });
		this.#changed(conversation);
	}

	/** Another person sits here now. */
	clear() {
		const before = [...this.#entries.keys()];
		this.#entries.clear();
		this.#counted.clear();
		this.#loaded = false;
		this.#queuedChanges = null;
		for (const id of before) this.emit("read", id);
		this.emit("change");
	}

	/** What the server says, with what is known here and not there yet. @param {Listed} entry @returns {Listed} */
	#withLocalState(entry) {
		const existing = this.#entries.get(entry.conversation);
		if (!existing || existing.head <= entry.head) return entry;
		const { head, read, unread, mentions } = existing;
		if (read > entry.read) return { ...entry, head, read, unread, mentions };
		const since = this.#since(entry.conversation, Math.max(entry.head, entry.read));
		return { ...entry, head, unread: entry.unread + since.unread, mentions: entry.mentions + since.mentions };
	}

	/** @param {string} conversation @param {Counted} counted */
	#remember(conversation, counted) {
		this.#counted.set(conversation, [...(this.#counted.get(conversation) ?? []), counted].slice(-MAX_COUNTED));
	}

	/** What was counted here of what came after a seq. @param {string} conversation @param {number} seq */
	#since(conversation, seq) {
		const since = (this.#counted.get(conversation) ?? []).filter(({ first }) => first > seq);
		return { unread: since.length, mentions: since.filter(({ mentionsMe: called }) => called).length };
	}

	/** @param {string} conversation */
	#changed(conversation) {
		this.emit("read", conversation);
		this.emit("change");
	}
}
