import { Emitter } from "../base/emitter.js";
import { uuid7 } from "../base/uuid.js";

/** @typedef {import("../base/protocol.js").File} StoredFile */
/** @typedef {import("../base/protocol.js").Quote} Quote */
/** @typedef {import("./outbox.js").Outbox} Outbox */

/**
 * @typedef {{text: string, id?: string | undefined, reply_to?: Quote | undefined}} Caption the text of the message that
 *   carries the file
 *
 * @typedef {object} Upload a file that is being uploaded
 * @property {string} key
 * @property {string} conversation
 * @property {Blob & {name?: string}} blob
 * @property {string} name
 * @property {number} size in bytes
 * @property {string} type
 * @property {number} progress from 0 to 1
 * @property {"waiting" | "going" | "stored" | "failed" | "refused"} state `failed` can be retried, `refused`
 *   cannot
 * @property {{code: string, message: string, limit?: number | undefined} | null} reason why it failed or was refused
 * @property {StoredFile | null} file set once the server has stored it
 * @property {Caption | null} caption set when the user sends; the message is sent once the file is stored
 */

/**
 * Files that become messages, one message per file. They are uploaded one after the other as soon as they are added,
 * and the server keeps them until the message is sent.
 * @extends {Emitter<{change: void}>}
 */
export class Uploads extends Emitter {
	#outbox;
	#limits;
	/** @type {Map<string, Upload>} */
	#all = new Map();
	#count = 0;

	/** @param {Outbox} outbox takes the messages @param {() => {file: number}} limits */
	constructor(outbox, limits) {
		super();
		this.#outbox = outbox;
		this.#limits = limits;
	}

	/** @param {string} conversation @returns {Upload[]} */
	uploadsFor(conversation) {
		return [...this.#all.values()].filter((upload) => upload.conversation === conversation);
	}

	/** @param {string} key */
	has(key) {
		return this.#all.has(key);
	}

	/** The next file to upload; null during an upload, which keeps the order. @returns {Upload | null} */
	get next() {
		const all = [...this.#all.values()];
		if (all.some(({ state }) => state === "going")) return null;
		return all.find(({ state }) => state === "waiting") ?? null;
	}

	/** Whether closing the page would lose an upload. */
	get hasPending() {
		return [...this.#all.values()].some(({ state }) => state !== "refused");
	}

	/** The captions of files that are not stored yet. @returns {{conversation: string, id: string, text: string}[]} */
	get captions() {
		const all = [...this.#all.values()].flatMap(({ conversation, caption }) =>
			caption ? [{ conversation, ...caption }] : [],
		);
		return all.flatMap(({ conversation, id, text }) => (id && text ? [{ conversation, id, text }] : []));
	}

	/** @param {string} conversation @param {Iterable<Blob & {name?: string}>} blobs */
	add(conversation, blobs) {
		for (const blob of blobs) {
			this.#count += 1;
			const key = `upload-${this.#count}`;
			const reason = this.#check(blob);
			const state = reason ? "refused" : "waiting";
			const { size, type, name = "" } = blob;
			const upload = { key, conversation, blob, name, size, type, progress: 0, reason, file: null, caption: null };
			this.#all.set(key, { ...upload, state });
		}
		this.emit("change");
	}

	/** @param {string} key @param {Partial<Pick<Upload, "progress" | "state" | "reason">>} changes */
	update(key, changes) {
		const upload = this.#all.get(key);
		if (!upload) return;
		this.#all.set(key, { ...upload, ...changes });
		this.emit("change");
	}

	/** @param {string} key @param {StoredFile} file */
	markStored(key, file) {
		const upload = this.#all.get(key);
		if (!upload) return;
		this.#all.set(key, { ...upload, file, state: "stored", progress: 1 });
		this.#sendReady();
	}

	/** @param {string} key */
	retry(key) {
		if (this.#all.get(key)?.state === "failed") this.update(key, { state: "waiting", progress: 0, reason: null });
	}

	/** Cancel an upload. Its caption moves to the next file, or is sent without a file. @param {string} key */
	cancel(key) {
		const upload = this.#all.get(key);
		if (!upload) return;
		this.#all.delete(key);
		const { caption, conversation } = upload;
		const nextUpload = caption?.text
			? this.uploadsFor(conversation).find((other) => other.caption && !other.caption.text)
			: undefined;
		if (nextUpload) this.#all.set(nextUpload.key, { ...nextUpload, caption });
		else if (caption?.text)
			this.#outbox.add(conversation, caption.text, caption.id, caption.reply_to ? { reply_to: caption.reply_to } : {});
		this.#sendReady();
	}

	/**
	 * Send all files of a conversation. The first one carries the caption.
	 * @param {string} conversation
	 * @param {Caption} caption
	 * @returns {boolean} whether there is a file to send
	 */
	send(conversation, caption) {
		const ready = this.uploadsFor(conversation).filter((upload) => !upload.caption && upload.state !== "refused");
		const withId = { ...caption, id: caption.id ?? uuid7() };
		ready.forEach((upload, index) => {
			this.#all.set(upload.key, { ...upload, caption: index === 0 ? withId : { text: "" } });
		});
		this.#sendReady();
		return ready.length > 0;
	}

	/** Drop everything of the previous user. */
	clear() {
		this.#all.clear();
		this.emit("change");
	}

	/** Send the messages of stored files, in order: a file never overtakes the one before it. */
	#sendReady() {
		/** Conversations with an earlier file that is not stored yet. @type {Set<string>} */
		const blocked = new Set();
		for (const { key, conversation, caption, file, state } of [...this.#all.values()]) {
			if (!caption || blocked.has(conversation)) continue;
			if (file) this.#send(key, conversation, caption, file);
			else if (state === "waiting" || state === "going") blocked.add(conversation);
		}
		this.emit("change");
	}

	/** @param {string} key @param {string} conversation @param {Caption} caption @param {StoredFile} file */
	#send(key, conversation, { text, id, reply_to }, file) {
		const sent = this.#outbox.add(conversation, text, id, { file, ...(reply_to && { reply_to }) });
		if (sent) this.#all.delete(key);
	}

	/** @param {Blob} blob */
	#check({ size }) {
		const limit = this.#limits().file;
		if (size > limit) return { code: "too_large", message: "This file is too large.", limit };
		return size === 0 ? { code: "empty_file", message: "This file is empty." } : null;
	}
}
