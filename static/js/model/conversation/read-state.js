import { Emitter } from "../base/emitter.js";
import { countsAsUnread } from "../base/messages.js";

/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {import("./timeline.js").Timeline} Timeline */

/**
 * How far the user has read in a conversation, by seq, and which messages are on the screen.
 * Emits `change` when the divider or the read mark moved, and `seen` when the view reported what is on the screen.
 * @extends {Emitter<{change: void, seen: void}>}
 */
export class ReadState extends Emitter {
	#mark = 0;
	#seen = 0;
	/** The read mark at the time of opening; null until the client knows it. @type {number | null} */
	#divider = null;
	/** The unread count at the time of opening. */
	#unreadAtOpen = 0;
	/** Whether nothing was unread at opening and the user has watched everything since: then no divider is shown. */
	#caughtUp = false;

	/** The read mark: everything up to this seq is read. */
	get mark() {
		return this.#mark;
	}

	/** Everything up to this seq was on the screen. It is not read if the page did not have the focus. */
	get seen() {
		return this.#seen;
	}

	/** Messages after this seq are new to the user; null if the client does not know yet. */
	get divider() {
		return this.#divider;
	}

	get unreadAtOpen() {
		return this.#unreadAtOpen;
	}

	/** The user opens the conversation. */
	open() {
		this.#divider = null;
		this.#seen = 0;
	}

	/**
	 * Apply the server's read mark. The first one after opening sets the divider.
	 * @param {number} mark
	 * @param {number} [unread]
	 * @param {number} [head] of the conversation
	 */
	load(mark, unread = 0, head = Number.POSITIVE_INFINITY) {
		this.#mark = Math.max(this.#mark, mark);
		if (this.#divider === null) {
			this.#divider = this.#mark;
			this.#unreadAtOpen = unread;
			this.#caughtUp = this.#mark >= head;
		}
		this.emit("change");
	}

	/** A message arrived while the user did not look: the divider moves to the read mark. */
	moveDivider() {
		if (this.#divider === null || (this.#divider === this.#mark && !this.#caughtUp)) return;
		this.#divider = this.#mark;
		this.#unreadAtOpen = 0;
		this.#caughtUp = false;
		this.emit("change");
	}

	/** Everything up to here is on the screen; 0 if the newest message is not. @param {number} seq */
	setSeen(seq) {
		this.#seen = seq;
		this.emit("seen");
	}

	/** Move the read mark, never back. @param {number} seq @returns {boolean} whether it moved */
	markRead(seq) {
		if (seq <= this.#mark) return false;
		this.#mark = seq;
		this.emit("change");
		return true;
	}

	/**
	 * The unread ones of these messages.
	 * @param {readonly Message[]} messages
	 * @param {import("../base/messages.js").Recipient} me
	 */
	unreadIn(messages, me) {
		return messages.filter((message) => message.first > this.#mark && countsAsUnread(message, me));
	}

	/**
	 * The highest position among those of these messages that are before the divider.
	 * @param {readonly Message[]} messages
	 */
	boundary(messages) {
		const read = messages.filter(({ first }) => first <= (this.#divider ?? 0));
		return read.reduce((highest, { position }) => Math.max(highest, position), Number.NEGATIVE_INFINITY);
	}

	/**
	 * The first message below the divider. A message that was committed late can be unread and above it.
	 * @param {Pick<Timeline, "messages" | "hasOlder">} timeline
	 * @param {import("../base/messages.js").Recipient} me
	 * @returns {string | null} its id; "above" if it is not loaded; null if nothing is new
	 */
	firstUnread({ messages, hasOlder }, me) {
		const divider = this.#divider;
		if (divider === null || this.#caughtUp) return null;
		const boundary = this.boundary(messages);
		const first = messages.find(
			(message) => message.position > boundary && message.first > divider && countsAsUnread(message, me),
		);
		if (!first) return null;
		return hasOlder && boundary === Number.NEGATIVE_INFINITY ? "above" : first.id;
	}

	/** The server lost history: the marks are no longer valid. */
	reset() {
		this.#mark = this.#seen = 0;
		this.#divider = null;
	}
}
