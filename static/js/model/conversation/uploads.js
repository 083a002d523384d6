import { Emitter } from "../base/emitter.js";
import { uuid7 } from "../base/uuid.js";

/** @typedef {import("../base/protocol.js").File} StoredFile */
/** @typedef {import("../base/protocol.js").Quote} Quote */
/** @typedef {import("./outbox.js").Outbox} Outbox */

/**
 * @typedef {{text: string, id?: string | undefined, reply_to?: Quote | undefined}} Caption what is said with a file
 *
 * @typedef {object} Upload a file on its way
 * @property {string} key
 * @property {string} conversation
 * @property {Blob & {name?: string}} blob
 * @property {string} name
 * @property {number} size in bytes
 * @property {string} type
 * @property {number} progress from 0 to 1
 * @property {"waiting" | "going" | "stored" | "failed" | "refused"} state `failed` may be tried again, `refused` may not
 * @property {{code: string, message: string} | null} reason why not
 * @property {StoredFile | null} file once the server has it
 * @property {Caption | null} caption once its message is sent: as soon as the file is there
 */

/**
 * Files that become messages, one message per file. They are uploaded at once, one after the other, and wait on the
 * server until the message is sent.
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

	/** The next one that may go; one at a time keeps their order. @returns {Upload | null} */
	get next() {
		const all = [...this.#all.values()];
		if (all.some(({ state }) => state === "going")) return null;
		return all.find(({ state }) => state === "waiting") ?? null;
	}

	/** Whether something would be lost if the page were left. */
	get hasPending() {
		return [...this.#all.values()].some(({ state }) => state !== "refused");
	}

	/** What is said with files that are not there yet. @returns {{conversation: string, id: string, text: string}[]} */
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
			const begun = { key, conversation, blob, name, size, type, progress: 0, reason, file: null, caption: null };
			this.#all.set(key, { ...begun, state });
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

	/** Not this one. What was said with it is said without it. @param {string} key */
	cancel(key) {
		const upload = this.#all.get(key);
		if (!upload) return;
		this.#all.delete(key);
		const { caption, conversation } = upload;
		const nextUpload = caption?.text
			? this.uploadsFor(conversation).find((each) => each.caption && !each.caption.text)
			: undefined;
		if (nextUpload) this.#all.set(nextUpload.key, { ...nextUpload, caption });
		else if (caption?.text)
			this.#outbox.add(conversation, caption.text, caption.id, caption.reply_to ? { reply_to: caption.reply_to } : {});
		this.#sendReady();
	}

	/**
	 * Send what is there: the first file carries what is said.
	 * @param {string} conversation
	 * @param {Caption} caption
	 * @returns {boolean} whether there is a file to carry it
	 */
	send(conversation, caption) {
		const ready = this.uploadsFor(conversation).filter((upload) => !upload.caption && upload.state !== "refused");
		const carried = { ...caption, id: caption.id ?? uuid7() };
		ready.forEach((upload, index) => {
			this.#all.set(upload.key, { ...upload, caption: index === 0 ? carried : { text: "" } });
		});
		this.#sendReady();
		return ready.length > 0;
	}

	/** Somebody else sits here now. */
	clear() {
		this.#all.clear();
		this.emit("change");
	}

	/** What is stored and said becomes a message, in order: a file never overtakes the one before it. */
	#sendReady() {
		/** Where something still has to come first. @type {Set<string>} */
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
		if (size > this.#limits().file) return { code: "too_large", message: "This file is too large." };
		return size === 0 ? { code: "empty_file", message: "This file is empty." } : null;
	}
}
