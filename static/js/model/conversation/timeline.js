import { Emitter } from "../base/emitter.js";
import { quoteOf } from "../base/messages.js";
import { PersonDirectory } from "../lists/person-directory.js";

/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {"unloaded" | "loading" | "failed" | "ready"} Phase */

/**
 * The messages of one conversation, merged by id (the higher seq wins) and ordered by position.
 *
 * A message above the oldest loaded page is kept but not shown. A change to it may arrive while its page is being
 * loaded, and the server may have sent that page before the change. The same holds for messages below the newest loaded
 * page, after a jump into the history.
 *
 * @extends {Emitter<{change: {history: boolean}, phase: void}>}
 */
export class Timeline extends Emitter {
	/** @type {Map<string, Message>} */
	#known = new Map();
	/** The lowest position shown; -Infinity if the beginning is loaded. */
	#floor = Number.NEGATIVE_INFINITY;
	/** The highest position shown; Infinity if the end is loaded. */
	#ceiling = Number.POSITIVE_INFINITY;
	/** @type {Message[] | null} */
	#shown = null;
	/** @type {Phase} */
	#phase = "unloaded";
	#loadingOlder = false;
	#loadingNewer = false;
	/** Ids of the first messages of pages. @type {Set<string>} */
	#pageStarts = new Set();
	#persons;

	/** @param {PersonDirectory} [persons] gets the authors */
	constructor(persons = new PersonDirectory()) {
		super();
		this.#persons = persons;
	}

	/** The messages that are shown, by rising position. @returns {readonly Message[]} */
	get messages() {
		this.#shown ??= [...this.#known.values()]
			.filter((message) => this.covers(message.position))
			.sort((a, b) => a.position - b.position || a.first - b.first);
		return this.#shown;
	}

	/** Whether the server has messages older than those shown. */
	get hasOlder() {
		return this.#floor !== Number.NEGATIVE_INFINITY;
	}

	/** The position before which older messages are requested. */
	get floor() {
		return this.#floor;
	}

	/** Whether the server has messages newer than those shown. */
	get hasNewer() {
		return this.#ceiling !== Number.POSITIVE_INFINITY;
	}

	/** The position after which newer messages are requested. */
	get ceiling() {
		return this.#ceiling;
	}

	/** Whether a position is within the loaded pages. @param {number} position */
	covers(position) {
		return position >= this.#floor && position <= this.#ceiling;
	}

	/** Whether a message is shown. @param {string} id */
	shows(id) {
		const message = this.#known.get(id);
		return this.#phase === "ready" && message !== undefined && this.covers(message.position);
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

	get loadingNewer() {
		return this.#loadingNewer;
	}

	set loadingNewer(loading) {
		this.#loadingNewer = loading;
		this.emit("phase");
	}

	/** Whether this message was ever the first of a page. @param {string} id */
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

	/** Add live changes, or missed ones. @param {Iterable<Message>} messages */
	merge(messages) {
		if (this.#store(messages)) this.#changed(false);
	}

	/**
	 * Add the page above the loaded ones, or the first page.
	 * @param {import("../base/protocol.js").HistoryPage} page by rising position
	 */
	addPage({ messages, more }) {
		this.#store(messages);
		const [oldest] = messages;
		this.#floor = more && oldest ? oldest.position : Number.NEGATIVE_INFINITY;
		if (oldest) this.#pageStarts.add(oldest.id);
		this.#changed(true);
	}

	/**
	 * Show a page from another part of the history instead of the loaded ones.
	 * @param {import("../base/protocol.js").HistoryPage} page
	 */
	jump(page) {
		this.#ceiling = ceilingOf(page);
		this.addPage(page);
	}

	/** Add the page below the loaded ones. @param {import("../base/protocol.js").HistoryPage} page */
	addNewerPage(page) {
		this.#store(page.messages);
		this.#ceiling = ceilingOf(page);
		this.#changed(true);
	}

	/**
	 * Drop the messages far from this one, which limits memory in a tab that is open for weeks or that loaded much
	 * history. They are loaded again when needed.
	 * @param {string} id
	 * @param {number} around how many messages to keep on each side
	 */
	trim(id, around) {
		const shown = this.messages;
		const index = shown.findIndex((message) => message.id === id);
		const kept = index === -1 ? shown : shown.slice(Math.max(index - around, 0), index + around + 1);
		const [oldest, newest] = [kept[0], kept.at(-1)];
		if (kept.length === shown.length || !oldest || !newest) return;
		if (oldest !== shown[0]) this.#floor = oldest.position;
		if (newest !== shown.at(-1)) this.#ceiling = newest.position;
		for (const message of shown) if (!this.covers(message.position)) this.#known.delete(message.id);
		this.#changed(true);
	}

	reset() {
		this.#known.clear();
		this.#floor = Number.NEGATIVE_INFINITY;
		this.#ceiling = Number.POSITIVE_INFINITY;
		this.#phase = "unloaded";
		this.#changed(true);
	}

	/** @param {Iterable<Message>} messages @returns {boolean} whether anything changed */
	#store(messages) {
		/** @type {import("../base/protocol.js").Person[]} */
		const authors = [];
		for (const message of messages) {
			const existing = this.#known.get(message.id);
			if (existing && existing.seq >= message.seq) continue;
			this.#known.set(message.id, this.#withCurrentQuote(message));
			if (message.edited || message.deleted) this.#updateQuotes(message);
			authors.push(message.author);
		}
		this.#persons.update(authors);
		return authors.length > 0;
	}

	/** A newer version of the quoted message may be known. @param {Message} reply @returns {Message} */
	#withCurrentQuote(reply) {
		const quoted = this.#known.get(reply.reply_to?.id ?? "");
		return quoted ? { ...reply, reply_to: quoteOf(quoted) } : reply;
	}

	/** Replies that arrived earlier quote an older version. @param {Message} changed */
	#updateQuotes(changed) {
		for (const reply of this.#known.values()) {
			if (reply.reply_to?.id === changed.id) this.#known.set(reply.id, this.#withCurrentQuote(reply));
		}
	}

	/** @param {boolean} history */
	#changed(history) {
		this.#shown = null;
		this.emit("change", { history });
	}
}

/** @param {import("../base/protocol.js").HistoryPage} page */
function ceilingOf({ messages, newer }) {
	const newest = messages.at(-1);
	return newer && newest ? newest.position : Number.POSITIVE_INFINITY;
}
