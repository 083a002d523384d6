import { Emitter } from "../../model/base/emitter.js";

/** @typedef {import("../../model/session/session.js").Session} Session */

export const LOCK = "ting-outbox";

/**
 * Elects the tab of this browser that sends messages and shows notifications. The tab that holds the lock leads until
 * it is closed or signed out. A tab whose messages wait too long (the leader may be frozen in the background) takes the
 * lock.
 *
 * @extends {Emitter<{change: void}>}
 */
export class LeaderElection extends Emitter {
	#locks;
	#isLeader = false;
	/** Ends the candidacy; null while the user is signed out. @type {AbortController | null} */
	#candidacy = null;

	/**
	 * @param {Pick<LockManager, "request"> | undefined} locks undefined without TLS: browsers offer them in secure
	 *   contexts only
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

	/** Release the lock, or stop waiting for it. */
	#resign() {
		this.#candidacy?.abort();
		this.#candidacy = null;
		this.#set(false);
	}

	/** @param {{steal?: true}} options */
	#request({ steal }) {
		this.#candidacy = new AbortController();
		const { signal } = this.#candidacy;
		// Without locks every tab leads. That is safe: a message that two tabs send has one id and is stored once.
		if (!this.#locks) return this.#set(true);
		// No signal with `steal`: browsers reject the combination.
		this.#locks
			.request(LOCK, steal ? { steal } : { signal }, () => this.#hold(signal))
			.catch(() => signal.aborted || this.#lost());
	}

	/** Hold the lock until the candidacy ends. @param {AbortSignal} signal */
	async #hold(signal) {
		if (signal.aborted) return;
		this.#set(true);
		await new Promise((resolve) => signal.addEventListener("abort", resolve));
	}

	#lost() {
		this.#set(false);
		this.#request({});
	}

	/** @param {boolean} isLeader */
	#set(isLeader) {
		this.#isLeader = isLeader;
		this.emit("change");
	}
}
