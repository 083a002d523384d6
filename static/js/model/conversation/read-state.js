import { Emitter } from "../base/emitter.js";
import { countsAsUnread } from "../base/messages.js";

/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {import("./timeline.js").Timeline} Timeline */

/**
 * How far the user has read in a conversation, by seq, and what is visible.
 * Emits `change` when the divider or the read mark moved, `seen` when the visible messages were determined.
 * @extends {Emitter<{change: void, seen: void}>}
 */
export class ReadState extends Emitter {
	#mark = 0;
	#seen = 0;
	/** Where the reader left off when they came; null before that is known. @type {number | null} */
	#divider = null;
	/** So much was new when the reader came. */
	#unreadAtOpen = 0;
	/** Nothing waited, and all that came since was seen coming: to the reader, nothing is new. */
	#caughtUp = false;

	/** Everything up to this seq is read. */
	get mark() {
		return this.#mark;
	}

	/** Everything up to this seq was on the screen, read or not: somebody may not have been looking. */
	get seen() {
		return this.#seen;
	}

	/** What came after this seq is new to the reader; null when that is not known. */
	get divider() {
		return this.#divider;
	}

	get unreadAtOpen() {
		return this.#unreadAtOpen;
	}

	/** The reader comes in. */
	open() {
		this.#divider = null;
		this.#seen = 0;
	}

	/** What the server says. @param {number} mark @param {number} [unread] @param {number} [head] how far there is something */
	load(mark, unread = 0, head = Number.POSITIVE_INFINITY) {
		this.#mark = Math.max(this.#mark, mark);
		if (this.#divider === null) {
			this.#divider = this.#mark;
			this.#unreadAtOpen = unread;
			this.#caughtUp = this.#mark >= head;
		}
		this.emit("change");
	}

	/** Something was said while nobody looked: what follows is new to whoever comes back. */
	moveDivider() {
		if (this.#divider === null || (this.#divider === this.#mark && !this.#caughtUp)) return;
		this.#divider = this.#mark;
		this.#unreadAtOpen = 0;
		this.#caughtUp = false;
		this.emit("change");
	}

	/** Everything up to here is on the screen; 0 where the newest is not. @param {number} seq */
	setSeen(seq) {
		this.#seen = seq;
		this.emit("seen");
	}

	/** It is read; that never moves back. @param {number} seq @returns {boolean} whether that is new */
	markRead(seq) {
		if (seq <= this.#mark) return false;
		this.#mark = seq;
		this.emit("change");
		return true;
	}

	/** What of these is not read. @param {readonly Message[]} messages @param {import("../base/messages.js").Recipient} me */
	unreadIn(messages, me) {
		return messages.filter((message) => message.first > this.#mark && countsAsUnread(message, me));
	}

	/** The place below which everything is new to the reader, as far as these tell. @param {readonly Message[]} messages a position */
	boundary(messages) {
		const read = messages.filter(({ first }) => first <= (this.#divider ?? 0));
		return read.reduce((highest, { position }) => Math.max(highest, position), Number.NEGATIVE_INFINITY);
	}

	/**
	 * With which message begins what is new to the reader. What was committed late may stand above that.
	 * @param {Pick<Timeline, "messages" | "hasOlder">} timeline
	 * @param {import("../base/messages.js").Recipient} me
	 * @returns {string | null} its id; "above" if it is among what is not loaded; null if nothing is new
	 */
	firstUnread({ messages, hasOlder: more }, me) {
		const divider = this.#divider;
		if (divider === null || this.#caughtUp) return null;
		const boundary = this.boundary(messages);
		const first = messages.find((one) => one.position > boundary && one.first > divider && countsAsUnread(one, me));
		if (!first) return null;
		return more && boundary === Number.NEGATIVE_INFINITY ? "above" : first.id;
	}

	/** The server lost history: marks of it mean nothing. */
	reset() {
		this.#mark = this.#seen = 0;
		this.#divider = null;
	}
}
