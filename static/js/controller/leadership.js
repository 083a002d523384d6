import { Emitter } from "../model/emitter.js";

export const LOCK = "ting-outbox";

/**
 * Which of this browser's tabs sends. The tab that holds the lock leads until it is closed; a tab that sees
 * its messages wait too long (the leader may be frozen in the background) takes the lock from it.
 *
 * @extends {Emitter<{change: void}>}
 */
export class Leadership extends Emitter {
	#locks;
	#leads = false;

	/** @param {Pick<LockManager, "request"> | undefined} locks missing where the page did not come over TLS */
	constructor(locks) {
		super();
		this.#locks = locks;
	}

	get leads() {
		return this.#leads;
	}

	start() {
		this.#request({});
	}

	takeOver() {
		if (!this.#leads) this.#request({ steal: true });
	}

	/** @param {LockOptions} options */
	#request(options) {
		// Without locks every tab leads: ids make a message sent twice one message.
		if (!this.#locks) this.#set(true);
		else this.#locks.request(LOCK, options, () => this.#hold()).catch(() => this.#robbed());
	}

	/** Holds the lock for as long as the page lives. */
	#hold() {
		this.#set(true);
		return new Promise(() => {});
	}

	#robbed() {
		this.#set(false);
		this.#request({});
	}

	/** @param {boolean} leads */
	#set(leads) {
		this.#leads = leads;
		this.emit("change");
	}
}
