import { Refusal } from "../model/refusal.js";

/** @typedef {import("../model/protocol.js").Device} Device */
/** @typedef {import("../model/protocol.js").Me} Me */
/** @typedef {import("../model/protocol.js").HistoryPage} HistoryPage */
/** @typedef {import("../model/protocol.js").ChangesPage} ChangesPage */

export const PAGE_MESSAGES = 100;
export const PAGE_CHANGES = 500;
/** A request that takes longer will not be answered any more. */
const PATIENCE_MS = 20_000;

/** @param {string} id */
const conversationUrl = (id) => `/api/conversations/${encodeURIComponent(id)}`;

/** Everything that is asked once. Every failure is a Refusal. */
export class Rest {
	#fetch;

	/** @param {typeof fetch} [fetcher] */
	constructor(fetcher = (input, init) => fetch(input, init)) {
		this.#fetch = fetcher;
	}

	/** @param {string} name @param {string} [password] of somebody who has this name already @returns {Promise<Me>} */
	enter(name, password) {
		return this.#ask("POST", "/api/session", { name, password });
	}

	/** @returns {Promise<Me>} */
	whoAmI() {
		return this.#ask("GET", "/api/session");
	}

	/** @returns {Promise<void>} */
	leave() {
		return this.#ask("DELETE", "/api/session");
	}

	/** @param {Partial<import("../model/protocol.js").TypingChoices>} choices @returns {Promise<Me>} */
	changeMe(choices) {
		return this.#ask("PATCH", "/api/me", choices);
	}

	/** @param {string} password @param {string} [current] the one it replaces @returns {Promise<Me>} */
	setPassword(password, current) {
		return this.#ask("PUT", "/api/me/password", { password, current });
	}

	/** Where I am signed in. @returns {Promise<Device[]>} */
	async devices() {
		return (await this.#ask("GET", "/api/me/sessions")).sessions;
	}

	/** @param {string} id of a session of mine @returns {Promise<void>} */
	signOut(id) {
		return this.#ask("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`);
	}

	/** @param {string} id @param {number} [before] a position @returns {Promise<HistoryPage>} */
	history(id, before) {
		const older = before === undefined ? "" : `before=${before}&`;
		return this.#ask("GET", `${conversationUrl(id)}/messages?${older}limit=${PAGE_MESSAGES}`);
	}

	/** @param {string} id @param {number} after a seq @returns {Promise<ChangesPage>} */
	changes(id, after) {
		return this.#ask("GET", `${conversationUrl(id)}/changes?after=${after}&limit=${PAGE_CHANGES}`);
	}

	/** @param {string} name of a channel @param {string} topic @returns {Promise<{topic: string}>} */
	setTopic(name, topic) {
		return this.#ask("PATCH", `/api/channels/${encodeURIComponent(name)}`, { topic });
	}

	/**
	 * @param {string} method
	 * @param {string} url
	 * @param {object} [body]
	 * @returns {Promise<any>}
	 */
	async #ask(method, url, body) {
		/** @type {RequestInit} */
		const init = { method, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
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
function refusalFrom(status, answer) {
	if (answer?.error?.code) return new Refusal(answer.error);
	// Something before Ting answered, a proxy for instance: Ting itself always gives a code.
	return status >= 500 ? Refusal.offline() : new Refusal({ code: "internal", message: `HTTP ${status}` });
}
