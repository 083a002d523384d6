import { Refusal } from "../../model/base/refusal.js";

/** After this time a request counts as failed. */
const TIMEOUT_MS = 20_000;

/** Sends one request to the server, without a retry. Every failure is a Refusal. */
export class Http {
	#fetch;

	/** @param {typeof fetch} [fetcher] */
	constructor(fetcher = (input, init) => fetch(input, init)) {
		this.#fetch = fetcher;
	}

	/**
	 * @param {string} method
	 * @param {string} url
	 * @param {object} [body] sent as JSON
	 * @returns {Promise<any>} the parsed JSON of the answer; null if it has none
	 */
	async request(method, url, body) {
		/** @type {RequestInit} */
		const init = { method, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) };
		if (body) Object.assign(init, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
		const response = await this.#fetch(url, init).catch(() => {
			throw Refusal.offline();
		});
		const answer = await response.json().catch(() => null);
		if (!response.ok) throw refusalFrom(response.status, answer);
		return answer;
	}
}

/** @param {number} status @param {any} answer */
export function refusalFrom(status, answer) {
	if (answer?.error?.code) return new Refusal(answer.error);
	// Ting always sends a code, so something in front of it answered, for example a proxy.
	return status >= 500 ? Refusal.offline() : new Refusal({ code: "internal", message: `HTTP ${status}` });
}
