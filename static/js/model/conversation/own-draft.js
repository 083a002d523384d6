import { Emitter } from "../base/emitter.js";
import { uuid7 } from "../base/uuid.js";
import { cleanText } from "../text/clean.js";

/** @typedef {import("../base/protocol.js").Draft} Draft */
/** @typedef {{id: string, text: string}} Text */
/** @typedef {{id: string, text: string, position: number}} RemoteDraft a draft of the user on another device */

/**
 * @typedef {object} StoredDraft survives a reload of the page
 * @property {string} id
 * @property {string} text
 * @property {Text | null} told what the server has of it (`synced`)
 * @property {number} touched milliseconds since 1970
 */

/** The server drops a draft, and with it the position, after this time without a change. */
export const LOST_AFTER_MS = 120_000;

/**
 * The user's draft in one conversation: its id, its text, and the text that the server has.
 * Emits `replaced` when something other than input in this composer changed the text.
 *
 * @extends {Emitter<{change: void, replaced: void}>}
 */
export class OwnDraft extends Emitter {
	/** @type {Text | null} */
	#text = null;
	/**
	 * What the server has of this draft. After joining, it can also be an old text that the server does not have: that is
	 * sent only with the next keystroke.
	 * @type {Text | null}
	 */
	#synced = null;
	/** When the user last typed here, in milliseconds since 1970. */
	#touched = 0;
	/** @type {RemoteDraft | null} */
	#elsewhere = null;
	/** The positions of the user's drafts by id, including drafts that are being sent. @type {Map<string, number>} */
	#positions = new Map();
	/** Ids of sent drafts: they are not offered for continuing. @type {Set<string>} */
	#sent = new Set();

	get id() {
		return this.#text?.id ?? null;
	}

	get text() {
		return this.#text?.text ?? "";
	}

	get synced() {
		return this.#synced;
	}

	get touched() {
		return this.#touched;
	}

	/** The draft of another device that this composer does not hold. */
	get elsewhere() {
		return this.#elsewhere;
	}

	/** The draft of another device that can be continued here: only while the composer is empty. */
	get continuable() {
		return this.#text ? null : this.#elsewhere;
	}

	/** Whether another device has continued the draft that this composer holds. */
	get isContinuedElsewhere() {
		return this.#elsewhere !== null && this.#elsewhere.id === this.id;
	}

	/** What to store for the next page load; null for an empty draft. @returns {StoredDraft | null} */
	get stored() {
		return this.#text && { ...this.#text, told: this.#synced, touched: this.#touched };
	}

	/** @param {string} id @returns {number | undefined} the position that the server assigned */
	positionOf(id) {
		return this.#positions.get(id);
	}

	/** @param {StoredDraft} stored */
	restore({ id, text, told: synced, touched }) {
		this.#text = { id, text: cleanText(text) };
		this.#synced = synced;
		this.#touched = touched;
		this.#replaced();
	}

	/**
	 * Set the text of the composer. An empty text ends the draft; the next text starts one with a new id.
	 * @param {string} entered
	 */
	write(entered) {
		const text = cleanText(entered);
		if (text === this.text) return;
		this.#text = text ? { id: this.id ?? uuid7(), text } : null;
		this.#touched = Date.now();
		if (this.isContinuedElsewhere) this.#elsewhere = null;
		this.emit("change");
	}

	/**
	 * End the draft because it is being sent.
	 * @returns {string | null} its id, with which the message keeps the position
	 */
	commit() {
		const id = this.id;
		if (id) this.#sent.add(id);
		this.#text = this.#synced = null;
		this.emit("change");
		return id;
	}

	/** This text was sent to the server as the draft. @param {Text | null} synced */
	markSynced(synced) {
		this.#synced = synced;
		this.emit("change");
	}

	/** Take over the draft of the other device. */
	continueHere() {
		if (!this.#elsewhere) return;
		const { id, text } = this.#elsewhere;
		this.#text = { id, text };
		this.#synced = this.#text;
		this.#elsewhere = null;
		this.#replaced();
	}

	/**
	 * Apply the server's state of the user's drafts.
	 * @param {readonly Draft[]} drafts
	 * @param {boolean} [all] these drafts replace the known ones
	 */
	merge(drafts, all = false) {
		this.#mergeAll(drafts, all);
		this.emit("change");
	}

	/**
	 * Apply the state at the time of joining, and decide whether the draft has to be sent again.
	 * @param {Draft | undefined} mine the draft that the server has
	 */
	join(mine) {
		const before = this.#synced;
		this.#mergeAll(mine ? [mine] : [], true);
		if (!this.#text) this.#synced = null;
		else if (!mine) this.#synced = Date.now() - this.#touched < LOST_AFTER_MS ? null : this.#text;
		else if (mine.id !== this.id) this.#synced = this.#text;
		else this.#reconcile({ id: mine.id, text: mine.text ?? "" }, before);
		this.emit("change");
	}

	/** Remove the drafts whose messages have arrived. @param {(id: string) => {text: string} | undefined} messageById */
	removeCommitted(messageById) {
		for (const id of [this.id, this.#elsewhere?.id, ...this.#positions.keys()]) {
			const stored = id && messageById(id);
			if (!stored) continue;
			this.#positions.delete(id);
			this.markSent(id, stored.text);
		}
	}

	/**
	 * This draft is being sent with this text, by this tab or another tab or device.
	 * @param {string} id
	 * @param {string} text
	 */
	markSent(id, text) {
		this.#sent.add(id);
		if (this.#elsewhere?.id === id) {
			this.#elsewhere = null;
			this.emit("change");
		}
		if (this.id === id) this.#splitAfterSend(text);
	}

	/** @param {readonly Draft[]} drafts @param {boolean} all */
	#mergeAll(drafts, all) {
		if (all) {
			this.#positions.clear();
			this.#elsewhere = null;
		}
		for (const draft of drafts) this.#mergeOne(draft);
	}

	/** @param {Draft} draft */
	#mergeOne({ id, text, position }) {
		if (text === null) this.#positions.delete(id);
		else this.#positions.set(id, position);
		if (this.#elsewhere?.id === id) this.#elsewhere = null;
		if (!text || this.#sent.has(id)) return;
		if (id === this.id && text === this.text) this.#synced = this.#text;
		else this.#elsewhere = { id, text, position };
	}

	/**
	 * Client and server both have a text for this id. The text of the server wins only if nothing was typed here since
	 * the last sync.
	 * @param {Text} remote
	 * @param {Text | null} before
	 */
	#reconcile(remote, before) {
		this.#synced = remote;
		if (this.text === before?.text && remote.text) this.continueHere();
		else this.#elsewhere = null;
	}

	/** Text that was typed here and is not in the sent message becomes a new draft. @param {string} sent */
	#splitAfterSend(sent) {
		const isSame = this.text === this.#synced?.text || this.text.trim() === sent.trim();
		this.#text = isSame ? null : { id: uuid7(), text: this.text };
		this.#synced = null;
		this.#replaced();
	}

	#replaced() {
		this.emit("replaced");
		this.emit("change");
	}
}
