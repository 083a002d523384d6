import { Emitter } from "../base/emitter.js";
import { uuid7 } from "../base/uuid.js";

/** @typedef {import("../base/protocol.js").Draft} Draft */
/** @typedef {{id: string, text: string}} Text */
/** @typedef {{id: string, text: string, position: number}} RemoteDraft what another device of mine is typing */

/**
 * @typedef {object} StoredDraft what outlives the page
 * @property {string} id
 * @property {string} text
 * @property {Text | null} told
 * @property {number} touched
 */

/** The server forgets the place of a draft that was silent for so long. */
export const LOST_AFTER_MS = 120_000;

/**
 * The user's draft in one conversation: its id, its text, and what of it the server has.
 * Emits `replaced` when the text changed other than by input here.
 *
 * @extends {Emitter<{change: void, replaced: void}>}
 */
export class OwnDraft extends Emitter {
	/** @type {Text | null} */
	#text = null;
	/** What the server knows of this draft, or would not hear about before the next keystroke. @type {Text | null} */
	#synced = null;
	/** When something was last written here. */
	#touched = 0;
	/** @type {RemoteDraft | null} */
	#elsewhere = null;
	/** Where my drafts stand, those being sent too. @type {Map<string, number>} */
	#positions = new Map();
	/** Sent from here: nothing to go on with. @type {Set<string>} */
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

	/** What another device of mine is typing and this one does not hold. */
	get elsewhere() {
		return this.#elsewhere;
	}

	/** The same, if it could go on here: the composer is empty. */
	get continuable() {
		return this.#text ? null : this.#elsewhere;
	}

	/** Another device goes on with what this one holds. */
	get isContinuedElsewhere() {
		return this.#elsewhere !== null && this.#elsewhere.id === this.id;
	}

	/** For the time after this page; null if there is nothing to keep. @returns {StoredDraft | null} */
	get stored() {
		return this.#text && { ...this.#text, told: this.#synced, touched: this.#touched };
	}

	/** @param {string} id @returns {number | undefined} the position that the server gave it */
	positionOf(id) {
		return this.#positions.get(id);
	}

	/** @param {StoredDraft} kept */
	restore({ id, text, told, touched }) {
		this.#text = { id, text };
		this.#synced = told;
		this.#touched = touched;
		this.#replaced();
	}

	/** The composer holds this now. Erasing everything ends a draft: what comes then is another one. @param {string} text */
	write(text) {
		if (text === this.text) return;
		this.#text = text ? { id: this.id ?? uuid7(), text } : null;
		this.#touched = Date.now();
		if (this.isContinuedElsewhere) this.#elsewhere = null;
		this.emit("change");
	}

	/** It is being sent. @returns {string | null} the id that keeps its place */
	commit() {
		const id = this.id;
		if (id) this.#sent.add(id);
		this.#text = this.#synced = null;
		this.emit("change");
		return id;
	}

	/** The server was told this. @param {Text | null} told */
	markSynced(told) {
		this.#synced = told;
		this.emit("change");
	}

	/** Go on here with what another device types, or went on typing. */
	continueHere() {
		if (!this.#elsewhere) return;
		const { id, text } = this.#elsewhere;
		this.#text = { id, text };
		this.#synced = this.#text;
		this.#elsewhere = null;
		this.#replaced();
	}

	/** What the server says of my drafts. @param {readonly Draft[]} drafts @param {boolean} [all] these are all there are */
	merge(drafts, all = false) {
		this.#mergeAll(drafts, all);
		this.emit("change");
	}

	/** The live state at joining: told anew, and known anew what there is to tell. @param {Draft | undefined} mine */
	join(mine) {
		const before = this.#synced;
		this.#mergeAll(mine ? [mine] : [], true);
		if (!this.#text) this.#synced = null;
		else if (!mine) this.#synced = Date.now() - this.#touched < LOST_AFTER_MS ? null : this.#text;
		else if (mine.id !== this.id) this.#synced = this.#text;
		else this.#reconcile({ id: mine.id, text: mine.text ?? "" }, before);
		this.emit("change");
	}

	/** What became a message is no draft any more. @param {(id: string) => {text: string} | undefined} message */
	removeCommitted(message) {
		for (const id of [this.id, this.#elsewhere?.id, ...this.#positions.keys()]) {
			const stored = id && message(id);
			if (!stored) continue;
			this.#positions.delete(id);
			this.markSent(id, stored.text);
		}
	}

	/** A draft is being sent as this text, here or by another device or tab. @param {string} id @param {string} text */
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

	/** Both sides have something under this id: whoever wrote last is right. @param {Text} theirs @param {Text | null} before */
	#reconcile(theirs, before) {
		this.#synced = theirs;
		if (this.text === before?.text && theirs.text) this.continueHere();
		else this.#elsewhere = null;
	}

	/** What was written here beyond what was sent becomes a message of its own. @param {string} sent */
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
