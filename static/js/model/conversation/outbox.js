import { Emitter } from "../base/emitter.js";
import { uuid7 } from "../base/uuid.js";

/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {import("../base/protocol.js").Me} Me */

/**
 * @typedef {object} Entry something the user sent that the server has not acknowledged
 * @property {string} id
 * @property {string} user the id of the author: the entry is sent in no other user's session
 * @property {string} conversation
 * @property {string} text
 * @property {import("../base/protocol.js").Quote} [reply_to]
 * @property {import("../base/protocol.js").File} [file] already uploaded
 * @property {number} created milliseconds since 1970, by this machine's clock
 * @property {number} order lower numbers are sent first
 * @property {{code: string, message: string, limit?: number} | null} refused
 *
 * @typedef {{put: Entry} | {drop: string, stored?: Message}} Change what a tab sends to the other tabs
 *
 * @typedef {object} Store stores entries beyond the lifetime of the page
 * @property {(user: string) => Promise<Entry[]>} load
 * @property {(entry: Entry) => void} put
 * @property {(id: string) => void} drop
 */

/** @typedef {Pick<Entry, "reply_to" | "file">} References the quote and the file of a message */

/** Only these two fields, and only if they are set. @param {References} source @returns {References} */
const referencesOf = ({ reply_to, file }) => ({ ...(reply_to && { reply_to }), ...(file && { file }) });

/**
 * The message that is shown between the acknowledgement and the message frame. Its seq is below every real seq, so
 * any version from the server replaces it.
 * @param {Entry} entry
 * @param {Me} me
 * @param {{seq?: number, position?: number}} ack
 * @returns {Message | null} null for a command, which stores no message under this id
 */
function provisional(entry, me, { seq, position }) {
	if (seq === undefined || position === undefined) return null;
	const { id, conversation, text, created } = entry;
	return {
		type: "message",
		id,
		conversation,
		seq: 0,
		first: seq,
		position,
		author: { id: me.id, name: me.name, ...(me.avatar ? { avatar: me.avatar } : {}) },
		kind: "text",
		text: text.startsWith("//") ? text.slice(1) : text,
		started: created,
		sent: created,
		...referencesOf(entry),
	};
}

/**
 * Messages that the server has not acknowledged yet, in order. They are shown at once, and stored until then.
 * @extends {Emitter<{change: void, stored: Message, refused: Entry, removed: Entry, broadcast: Change}>}
 */
export class Outbox extends Emitter {
	#store;
	/** @type {Map<string, Entry>} */
	#entries = new Map();
	/**
	 * Ids that have left the outbox. They are never added again, even if a change from another tab arrives late.
	 * @type {Set<string>}
	 */
	#done = new Set();
	/** Ids of the entries that were written in this tab. @type {Set<string>} */
	#own = new Set();
	/** @type {Me | null} */
	#me = null;
	#lastOrder = 0;

	/** @param {Store} store */
	constructor(store) {
		super();
		this.#store = store;
	}

	/** The id of the user whose entries these are. */
	get user() {
		return this.#me?.id ?? null;
	}

	/** @param {Me} me */
	async open(me) {
		if (this.#me?.id !== me.id) this.close();
		this.#me = me;
		await this.reload();
	}

	/** Add the stored entries that this tab does not have. */
	async reload() {
		const user = this.user;
		if (!user) return;
		const entries = await this.#store.load(user);
		if (this.user !== user) return;
		for (const entry of entries) if (!this.#entries.has(entry.id)) this.#keep(entry);
		this.emit("change");
	}

	close() {
		this.#me = null;
		this.#entries.clear();
		this.#own.clear();
		this.emit("change");
	}

	/** All entries of a conversation, in order. @param {string} conversation @returns {Entry[]} */
	entriesFor(conversation) {
		return this.#sorted().filter((entry) => entry.conversation === conversation);
	}

	/** The entries to be sent, per conversation, in order. @returns {Map<string, Entry[]>} */
	queues() {
		/** @type {Map<string, Entry[]>} */
		const queues = new Map();
		for (const entry of this.#sorted()) {
			if (entry.refused) continue;
			queues.set(entry.conversation, [...(queues.get(entry.conversation) ?? []), entry]);
		}
		return queues;
	}

	/** @param {string} id */
	isOwn(id) {
		return this.#own.has(id);
	}

	/**
	 * @param {string} conversation
	 * @param {string} text
	 * @param {string} [id] the id of the draft: the message keeps its position
	 * @param {References} [references]
	 * @returns {Entry | null} null without a session
	 */
	add(conversation, text, id = uuid7(), references = {}) {
		if (!this.#me) return null;
		return this.#create(id, this.#me.id, conversation, text, references);
	}

	/**
	 * The server has stored the message, or has run the command. A message is emitted as `stored` until its own frame
	 * arrives.
	 * @param {string} id
	 * @param {{seq?: number, position?: number}} ack
	 */
	acknowledge(id, ack) {
		const entry = this.#entries.get(id);
		if (!entry) return;
		const stored = this.#me && provisional(entry, this.#me, ack);
		this.#drop(id, stored ?? undefined);
	}

	/** @param {string} id @param {{code: string, message: string, limit?: number | undefined}} reason */
	refuse(id, { code, message, limit }) {
		const entry = this.#entries.get(id);
		if (!entry) return;
		const refused = { ...entry, refused: { code, message, ...(limit && { limit }) } };
		this.#put(refused);
		this.emit("refused", refused);
	}

	/** Send a refused entry again, after all others. @param {string} id */
	retry(id) {
		const entry = this.#entries.get(id);
		if (!entry?.refused) return;
		if (entry.refused.code === "id_taken") {
			this.remove(id);
			this.#create(uuid7(), entry.user, entry.conversation, entry.text, entry);
		} else {
			this.#put({ ...entry, refused: null, order: this.#nextOrder() });
		}
	}

	/** @param {string} id */
	remove(id) {
		const entry = this.#entries.get(id);
		if (!entry) return;
		this.#drop(id);
		this.emit("removed", entry);
	}

	/** Apply a change that another tab made. @param {Change} change */
	applyChange(change) {
		if ("put" in change) {
			if (change.put.user === this.user) this.#applyEntry(change.put);
			return;
		}
		this.#done.add(change.drop);
		if (!this.#entries.delete(change.drop)) return;
		if (change.stored) this.emit("stored", change.stored);
		this.emit("change");
	}

	/** @param {Entry} entry the version of another tab */
	#applyEntry(entry) {
		const before = this.#entries.get(entry.id);
		this.#keep(entry);
		this.emit("change");
		if (before && !before.refused && entry.refused) this.emit("refused", entry);
	}

	/**
	 * @param {string} id
	 * @param {string} user
	 * @param {string} conversation
	 * @param {string} text
	 * @param {References} references
	 * @returns {Entry}
	 */
	#create(id, user, conversation, text, references) {
		const state = { created: Date.now(), order: this.#nextOrder(), refused: null };
		const entry = { id, user, conversation, text, ...state, ...referencesOf(references) };
		this.#own.add(id);
		this.#put(entry);
		return entry;
	}

	/** @param {Entry} entry */
	#put(entry) {
		this.#keep(entry);
		this.#store.put(entry);
		this.emit("broadcast", { put: entry });
		this.emit("change");
	}

	/** @param {Entry} entry */
	#keep(entry) {
		if (this.#done.has(entry.id)) return;
		this.#entries.set(entry.id, entry);
		this.#lastOrder = Math.max(this.#lastOrder, entry.order);
	}

	/** @param {string} id @param {Message} [stored] */
	#drop(id, stored) {
		this.#entries.delete(id);
		this.#done.add(id);
		this.#store.drop(id);
		if (stored) this.emit("stored", stored);
		this.emit("broadcast", stored ? { drop: id, stored } : { drop: id });
		this.emit("change");
	}

	#nextOrder() {
		this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
		return this.#lastOrder;
	}

	#sorted() {
		return [...this.#entries.values()].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
	}
}
