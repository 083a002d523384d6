import { Emitter } from "../base/emitter.js";
import { countsAsUnread, isVisibleTo } from "../base/messages.js";

/** @typedef {import("../base/protocol.js").Entry} Entry */
/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {Required<Omit<Entry, "with">> & Pick<Entry, "with">} Listed an entry with its default values filled in */

/** Used until the server sends its limit. */
const DEFAULT_LIMIT = 50;

/** A message that this client counted as unread. @typedef {{first: number, mentionsMe: boolean}} Counted */

/** How many counted messages are remembered per conversation. */
const MAX_COUNTED = 100;

/** @param {string} conversation */
export const isDirect = (conversation) => conversation.startsWith("@");

/** The id of the direct conversation of two users. @param {string} a @param {string} b */
export const directId = (a, b) => `@${[a, b].sort().join("~")}`;

/** Until the user chooses. @param {string} conversation @returns {import("../base/protocol.js").Notify} */
export const defaultNotify = (conversation) => (isDirect(conversation) ? "all" : "mentions");

/** @param {Entry} entry @returns {Listed} */
function withDefaults(entry) {
	const notify = defaultNotify(entry.conversation);
	const defaults = { topic: "", people: 0, online: false, unread: 0, mentions: 0, pinned: false, notify };
	return { ...defaults, ...entry };
}

/** Whether a message mentions a user. @param {Message} message @param {string} user an id */
export const mentionsUser = ({ mentions = [] }, user) => mentions.includes(user) || mentions.includes("here");

/** How many unread messages count for notifications. @param {Listed} entry */
export function notifyCountOf({ notify, unread, mentions }) {
	if (notify === "nothing") return 0;
	return notify === "all" ? unread : mentions;
}

/** @param {Listed} a @param {Listed} b */
const byPinAndActivity = (a, b) => Number(b.pinned) - Number(a.pinned) || b.active - a.active;

/**
 * The user's conversations, as the server lists them; new messages are counted until the server sends its own counts.
 * Emits `change` for any change, `message` for an unread message of another user, and `read` when a conversation was
 * read, here or on another device.
 *
 * @extends {Emitter<{change: void, message: {entry: Listed, message: Message}, read: string}>}
 */
export class ConversationList extends Emitter {
	/** @type {Map<string, Listed>} */
	#entries = new Map();
	#limit = DEFAULT_LIMIT;
	#loaded = false;
	/** Changes that arrived while the list was being loaded. @type {(() => void)[] | null} */
	#queuedChanges = null;
	/** What this client counted, by conversation: the server's counts can be older. @type {Map<string, Counted[]>} */
	#counted = new Map();

	/** Pinned ones first, then by activity. @returns {Listed[]} */
	get all() {
		return [...this.#entries.values()].sort(byPinAndActivity).slice(0, this.#limit);
	}

	/** Whether the list was loaded. */
	get loaded() {
		return this.#loaded;
	}

	/** The number of unread messages, in all conversations, that count for notifications. */
	get notifyCount() {
		return this.all.reduce((sum, entry) => sum + notifyCountOf(entry), 0);
	}

	/** @param {string} conversation @returns {Listed | undefined} */
	get(conversation) {
		return this.#entries.get(conversation);
	}

	/** While the list is being loaded, changes are queued: they are newer than the answer and are applied after it. */
	set isLoading(/** @type {boolean} */ isLoading) {
		this.#queuedChanges = isLoading ? [] : null;
	}

	/** Replace the list by the server's. @param {Entry[]} entries @param {number} [limit] */
	replace(entries, limit = DEFAULT_LIMIT) {
		const before = this.#entries;
		const all = entries.map((entry) => this.#withLocalState(withDefaults(entry)));
		this.#entries = new Map(all.map((entry) => [entry.conversation, entry]));
		this.#limit = limit;
		this.#loaded = true;
		const queued = this.#queuedChanges ?? [];
		this.#queuedChanges = null;
		for (const id of before.keys()) this.emit("read", id);
		this.emit("change");
		for (const change of queued) change();
	}

	/** Add an entry, or replace it by its current version. @param {Entry} entry */
	put(entry) {
		this.#queuedChanges?.push(() => this.put(entry));
		this.#entries.set(entry.conversation, this.#withLocalState(withDefaults(entry)));
		this.#changed(entry.conversation);
	}

	/** A user came online or went offline. @param {string} user an id @param {boolean} online */
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
	 * Apply a new or changed message. A mention or a direct message moves the conversation to the top.
	 * @param {Message} message
	 * @param {import("../base/messages.js").Recipient} me
	 */
	receive(message, me) {
		const entry = this.#entries.get(message.conversation);
		if (!entry || message.seq <= entry.head) return;
		const mentionsMe = mentionsUser(message, me.id);
		// An edit is not a new message, and no message is counted twice.
		const isNew = message.first > Math.max(entry.head, entry.read) && countsAsUnread(message, me);
		const count = Number(isNew);
		const bumps = isVisibleTo(message, me) && (isDirect(message.conversation) || mentionsMe);
		const updated = {
			...entry,
			head: message.seq,
			unread: entry.unread + count,
			mentions: entry.mentions + (mentionsMe ? count : 0),
			active: bumps ? Math.max(entry.active, message.sent) : entry.active,
		};
		this.#entries.set(message.conversation, updated);
		if (isNew) this.#remember(message.conversation, { first: message.first, mentionsMe });
		this.emit("change");
		if (isNew) this.emit("message", { entry: updated, message });
	}

	/**
	 * The user has read up to here. The mark never moves back.
	 * @param {{conversation: string, seq: number, head?: number, unread?: number, mentions?: number}} mark with
	 *   the remaining unread counts up to `head`
	 */
	markRead(mark) {
		this.#queuedChanges?.push(() => this.markRead(mark));
		const { conversation, seq, head, unread = 0, mentions = 0 } = mark;
		const entry = this.#entries.get(conversation);
		if (!entry || seq < entry.read) return;
		const since = this.#since(conversation, Math.max(head ?? entry.head, seq));
		const remaining = { unread: unread + since.unread, mentions: mentions + since.mentions };
		this.#entries.set(conversation, { ...entry, read: seq, ...remaining });
		this.#changed(conversation);
	}

	/** Drop everything of the previous user. */
	clear() {
		const before = [...this.#entries.keys()];
		this.#entries.clear();
		this.#counted.clear();
		this.#loaded = false;
		this.#queuedChanges = null;
		for (const id of before) this.emit("read", id);
		this.emit("change");
	}

	/**
	 * The server's entry with the newer state of this client, which the server did not have yet.
	 * @param {Listed} entry
	 * @returns {Listed}
	 */
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

	/** The counts of this client for messages after a seq. @param {string} conversation @param {number} seq */
	#since(conversation, seq) {
		const since = (this.#counted.get(conversation) ?? []).filter(({ first }) => first > seq);
		return { unread: since.length, mentions: since.filter(({ mentionsMe }) => mentionsMe).length };
	}

	/** @param {string} conversation */
	#changed(conversation) {
		this.emit("read", conversation);
		this.emit("change");
	}
}
