import { Emitter } from "../base/emitter.js";
import { quoteOf } from "../base/messages.js";
import { PersonDirectory } from "../lists/person-directory.js";

/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {"unloaded" | "loading" | "failed" | "ready"} Phase */

/**
 * Messages of one conversation: merged by id (higher seq wins), ordered by position.
 *
 * What lies above the oldest loaded page is kept but not shown: a change to it may arrive while the page
 * that holds it is on its way, and that page may have left the server before the change. The same holds for what
 * lies below the newest loaded page, after a jump to some place in the history.
 *
 * @extends {Emitter<{change: {history: boolean}, phase: void}>}
 */
export class Timeline extends Emitter {
	/** @type {Map<string, Message>} */
	#known = new Map();
	/** The lowest position shown; -Infinity when the beginning was reached. */
	#floor = Number.NEGATIVE_INFINITY;
	/** The highest position shown; Infinity when the end was reached. */
	#ceiling = Number.POSITIVE_INFINITY;
	/** @type {Message[] | null} */
	#shown = null;
	/** @type {Phase} */
	#phase = "unloaded";
	#loadingOlder = false;
	#loadingNewer = false;
	/** Ids of the messages that pages begin with. @type {Set<string>} */
	#pageStarts = new Set();
	#persons;

	/** @param {PersonDirectory} [persons] hear of the authors */
	constructor(persons = new PersonDirectory()) {
		super();
		this.#persons = persons;
	}

	/** What is shown, by rising position. @returns {readonly Message[]} */
	get messages() {
		this.#shown ??= [...this.#known.values()]
			.filter((message) => this.covers(message.position))
			.sort((a, b) => a.position - b.position || a.first - b.first);
		return this.#shown;
	}

	/** Whether there are older messages on the server. */
	get hasOlder() {
		return this.#floor !== Number.NEGATIVE_INFINITY;
	}

	/** The position to ask for what is older. */
	get floor() {
		return this.#floor;
	}

	/** Whether there are newer messages than those shown. */
	get hasNewer() {
		return this.#ceiling !== Number.POSITIVE_INFINITY;
	}

	/** The position to ask for what is newer. */
	get ceiling() {
		return this.#ceiling;
	}

	/** Whether what stands at a position is within the loaded pages. @param {number} position */
	covers(position) {
		return position >= this.#floor && position <= this.#ceiling;
	}

	/** Whether a message is among those shown. @param {string} id */
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
		if (this.#store(messages)) this.#changed(false);
	}

	/** A page of history, by rising position: everything from its first on is loaded. @param {import("../base/protocol.js").HistoryPage} page */
	addPage({ messages, more }) {
		this.#store(messages);
		const [oldest] = messages;
		this.#floor = more && oldest ? oldest.position : Number.NEGATIVE_INFINITY;
		if (oldest) this.#pageStarts.add(oldest.id);
		this.#changed(true);
	}

	/** A page from another place in the history, instead of those before. @param {import("../base/protocol.js").HistoryPage} page */
	jump(page) {
		this.#ceiling = ceilingOf(page);
		this.addPage(page);
	}

	/** The page after the newest one. @param {import("../base/protocol.js").HistoryPage} page */
	addNewerPage(page) {
		this.#store(page.messages);
		this.#ceiling = ceilingOf(page);
		this.#changed(true);
	}

	/**
	 * Forget what is far from a message, so that neither a tab open for weeks nor a long way through the history
	 * becomes heavy: it is fetched again when wanted.
	 * @param {string} id
	 * @param {number} around so many messages are kept on each side
	 */
	trim(id, around) {
		const shown = this.messages;
		const at = shown.findIndex((message) => message.id === id);
		const kept = at === -1 ? shown : shown.slice(Math.max(at - around, 0), at + around + 1);
		const [oldest, newest] = [kept[0], kept.at(-1)];
		if (kept.length === shown.length || !oldest || !newest) return;
		if (oldest !== shown[0]) this.#floor = oldest.position;
		if (newest !== shown.at(-1)) this.#ceiling = newest.position;
		for (const { id: each, position } of shown) if (!this.covers(position)) this.#known.delete(each);
		this.#changed(true);
	}

	reset() {
		this.#known.clear();
		this.#floor = Number.NEGATIVE_INFINITY;
		this.#ceiling = Number.POSITIVE_INFINITY;
		this.#phase = "unloaded";
		this.#changed(true);
	}

	/** @param {Iterable<Message>} messages @returns {boolean} whether anything is new */
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

	/** What it answers may be known as it became since. @param {Message} answer @returns {Message} */
	#withCurrentQuote(answer) {
		const quoted = this.#known.get(answer.reply_to?.id ?? "");
		return quoted ? { ...answer, reply_to: quoteOf(quoted) } : answer;
	}

	/** Its answers came with what it was. @param {Message} changed */
	#updateQuotes(changed) {
		for (const answer of this.#known.values()) {
			if (answer.reply_to?.id === changed.id) this.#known.set(answer.id, this.#withCurrentQuote(answer));
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
