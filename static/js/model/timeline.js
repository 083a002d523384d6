import { Emitter } from "./emitter.js";

/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {"unloaded" | "loading" | "failed" | "ready"} Phase */

/**
 * Messages of one conversation: merged by id (higher seq wins), ordered by position.
 *
 * What lies above the oldest loaded page is kept but not shown: a change to it may arrive while the page
 * that holds it is on its way, and that page may have left the server before the change.
 *
 * @extends {Emitter<{change: {history: boolean}, phase: void}>}
 */
export class Timeline extends Emitter {
	/** @type {Map<string, Message>} */
	#known = new Map();
	/** The lowest position shown; -Infinity when the beginning was reached. */
	#floor = Number.NEGATIVE_INFINITY;
	/** @type {Message[] | null} */
	#shown = null;
	/** @type {Phase} */
	#phase = "unloaded";
	#loadingOlder = false;
	/** Ids of the messages that pages begin with. @type {Set<string>} */
	#pageStarts = new Set();

	/** What is shown, by rising position. @returns {readonly Message[]} */
	get messages() {
		this.#shown ??= [...this.#known.values()]
			.filter((message) => message.position >= this.#floor)
			.sort((a, b) => a.position - b.position || a.first - b.first);
		return this.#shown;
	}

	/** Whether there are older messages on the server. */
	get more() {
		return this.#floor !== Number.NEGATIVE_INFINITY;
	}

	/** The position to ask for what is older. */
	get floor() {
		return this.#floor;
	}

	get phase() {
		return this.#phase;
	}

	set phase(phase) {
		this.#phase = phase;
		this.emit("phase");
	}

	get loadingOlder() {
		return this.#loadingOlder;
	}

	set loadingOlder(loading) {
		this.#loadingOlder = loading;
		this.emit("phase");
	}

	/** Whether a page of history began here, now or earlier. @param {string} id */
	startsPage(id) {
		return this.#pageStarts.has(id);
	}

	/** The highest position shown. */
	get top() {
		return this.messages.at(-1)?.position ?? 0;
	}

	/** @param {string} id @returns {Message | undefined} */
	get(id) {
		return this.#known.get(id);
	}

	/** Live or missed changes. @param {Iterable<Message>} messages */
	merge(messages) {
		if (this.#keep(messages)) this.#changed(false);
	}

	/** A page of history, by rising position: everything from its first on is loaded. @param {import("./protocol.js").HistoryPage} page */
	addPage({ messages, more }) {
		this.#keep(messages);
		const [oldest] = messages;
		this.#floor = more && oldest ? oldest.position : Number.NEGATIVE_INFINITY;
		if (oldest) this.#pageStarts.add(oldest.id);
		this.#changed(true);
	}

	/**
	 * Forget all but the newest, so that a tab open for weeks stays light.
	 * @param {number} keep
	 */
	trim(keep) {
		const kept = this.messages.slice(-keep);
		const oldest = kept[0];
		if (kept.length === this.messages.length || !oldest) return;
		this.#known = new Map(kept.map((message) => [message.id, message]));
		this.#floor = oldest.position;
		this.#changed(true);
	}

	reset() {
		this.#known.clear();
		this.#floor = Number.NEGATIVE_INFINITY;
		this.#phase = "unloaded";
		this.#changed(true);
	}

	/** @param {Iterable<Message>} messages @returns {boolean} whether anything is new */
	#keep(messages) {
		let changed = false;
		for (const message of messages) {
			const held = this.#known.get(message.id);
			if (held && held.seq >= message.seq) continue;
			this.#known.set(message.id, message);
			changed = true;
		}
		return changed;
	}

	/** @param {boolean} history */
	#changed(history) {
		this.#shown = null;
		this.emit("change", { history });
	}
}
