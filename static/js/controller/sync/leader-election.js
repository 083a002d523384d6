import { Emitter } from "../../model/base/emitter.js";

/** @typedef {import("../../model/session/session.js").Session} Session */

export const LOCK = "ting-outbox";

/**
 * Elects the tab of this browser that sends messages and shows notifications. The tab that holds the lock leads until it
 * is closed or signed out. A tab whose messages wait too long (the leader may be frozen in the background) takes the lock.
 *
 * @extends {Emitter<{change: void}>}
 */
export class LeaderElection extends Emitter {
	#locks;
	#isLeader = false;
	/** Ends the candidacy; null while the user is signed out. @type {AbortController | null} */
	#candidacy = null;

	/**
	 * @param {Pick<LockManager, "request"> | undefined} locks missing where the page did not come over TLS
	 * @param {Pick<Session, "on" | "me">} session
	 */
	constructor(locks, session) {
		super();
		this.#locks = locks;
		session.on("change", () => (session.me ? this.#join() : this.#resign()));
	}

	get isLeader() {
		return this.#isLeader;
	}

	takeOver() {
		if (this.#isLeader || !this.#candidacy) return;
		this.#candidacy.abort();
		this.#request({ steal: true });
	}

	#join() {
		if (!this.#candidacy) this.#request({});
	}

	/** Let go of the lock, or no longer wait for it. */
	#resign() {
		this.#candidacy?.abort();
		this.#candidacy = null;
		this.#set(false);
	}

	/** @param {{steal?: true}} options */
	#request({ steal }) {
		this.#candidacy = new AbortController();
		const { signal } = this.#candidacy;
		// Without locks every tab leads: ids make a message sent twice one message.
		if (!this.#locks) return this.#set(true);
		// Whoever steals does not wait: browsers refuse the two together.
		this.#locks
			.request(LOCK, steal ? { steal } : { signal }, () => this.#hold(signal))
			.catch(() => signal.aborted || this.#lost());
	}

	/** Holds the lock for as long as it is wished for. @param {AbortSignal} signal */
	async #hold(signal) {
		if (signal.aborted) return;
		this.#set(true);
		await new Promise((resolve) => signal.addEventListener("abort", resolve));
	}

	#lost() {
		this.#set(false);
		this.#request({});
	}

	/** @param {boolean} leads */
	#set(leads) {
		this.#isLeader = leads;
		this.emit("change");
	}
}
