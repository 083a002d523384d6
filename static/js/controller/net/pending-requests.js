import { Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/base/protocol.js").Event} Event */
/** @typedef {{resolve: (answer: Event) => void, reject: (error: Refusal) => void}} Waiting */

/** Requests on the websocket that wait for their answer, by ref. */
export class PendingRequests {
	#lastRef = 0;
	/** @type {Map<number, Waiting>} */
	#waiting = new Map();

	/** @returns {{ref: number, answer: Promise<Event>}} */
	open() {
		this.#lastRef += 1;
		const ref = this.#lastRef;
		/** @type {Promise<Event>} */
		const answer = new Promise((resolve, reject) => this.#waiting.set(ref, { resolve, reject }));
		return { ref, answer };
	}

	/** @param {Event} event @returns {boolean} whether it was an answer; a notice is none, although it can have a ref */
	settle(event) {
		if (event.type !== "ack" && event.type !== "joined" && event.type !== "error") return false;
		const waiting = this.#waiting.get(event.ref ?? 0);
		if (!waiting) return false;
		this.#waiting.delete(event.ref ?? 0);
		if (event.type === "error") waiting.reject(new Refusal(event));
		else waiting.resolve(event);
		return true;
	}

	/** The connection was lost: whether the server has handled these requests is unknown. */
	rejectAll() {
		const pending = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const { reject } of pending) reject(Refusal.offline());
	}
}
