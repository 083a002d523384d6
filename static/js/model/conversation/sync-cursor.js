/**
 * The seq up to which all changes of a conversation are known. Live changes move it only without a gap. A page of
 * changes moves it to the last seq of the page, since a message that changed twice leaves no trace under its older seq.
 */
export class SyncCursor {
	/** The epoch of the server's database in which the cursor was valid last. @type {string | undefined} */
	epoch;
	#at = 0;
	#head = 0;
	#isStarted = false;
	/** Live seqs above the cursor. @type {Set<number>} */
	#ahead = new Set();

	get at() {
		return this.#at;
	}

	/** The newest known seq of the conversation. */
	get head() {
		return this.#head;
	}

	/** Whether the cursor has a start value. */
	get isStarted() {
		return this.#isStarted;
	}

	/** Whether changes are missing. */
	get isBehind() {
		return this.#isStarted && this.#at < this.#head;
	}

	/** All changes up to `head` are known, or are about to be loaded. @param {number} head */
	start(head) {
		this.#at = head;
		this.#isStarted = true;
		this.#advance();
	}

	/** The conversation has changes up to here. @param {number} head */
	raiseHead(head) {
		this.#head = Math.max(this.#head, head);
	}

	/** A live change arrived. @param {number} seq */
	receive(seq) {
		this.#ahead.add(seq);
		this.raiseHead(seq);
		if (this.#isStarted) this.#advance();
	}

	/** All changes up to `seq` arrived. @param {number} seq */
	advanceTo(seq) {
		if (seq > this.#at) this.start(seq);
	}

	/** The cursor as the server checks it; nothing if there is none. @returns {{after?: number, epoch?: string}} */
	get claim() {
		return this.#isStarted && this.epoch ? { after: this.#at, epoch: this.epoch } : {};
	}

	reset() {
		this.epoch = undefined;
		this.#at = 0;
		this.#head = 0;
		this.#isStarted = false;
		this.#ahead.clear();
	}

	#advance() {
		while (this.#ahead.has(this.#at + 1)) this.#at += 1;
		for (const seq of this.#ahead) if (seq <= this.#at) this.#ahead.delete(seq);
		this.raiseHead(this.#at);
	}
}
