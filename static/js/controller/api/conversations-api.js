import { Http } from "../net/http.js";

/** @typedef {import("../../model/base/protocol.js").HistoryPage} HistoryPage */
/** @typedef {import("../../model/base/protocol.js").ChangesPage} ChangesPage */
/** @typedef {import("../../model/base/protocol.js").Channel} Channel */
/** @typedef {import("../../model/base/protocol.js").Entry} Entry */

export const PAGE_MESSAGES = 100;
export const PAGE_CHANGES = 500;

/** @param {string} id */
const conversationUrl = (id) => `/api/conversations/${encodeURIComponent(id)}`;

/** Requests about conversations and channels. Every failure is a Refusal. */
export class ConversationsApi {
	#http;

	/** @param {Pick<Http, "request">} [http] */
	constructor(http = new Http()) {
		this.#http = http;
	}

	/**
	 * @param {string} id
	 * @param {number} [before] a position
	 * @returns {Promise<HistoryPage>} the page before it, or the newest one
	 */
	history(id, before) {
		return this.#page(id, before === undefined ? "" : `before=${before}&`);
	}

	/** @param {string} id @param {number} after a position @returns {Promise<HistoryPage>} the page after it */
	newer(id, after) {
		return this.#page(id, `after=${after}&`);
	}

	/**
	 * @param {string} id
	 * @param {string} message the id of one of its messages
	 * @returns {Promise<HistoryPage>} the page around it
	 */
	around(id, message) {
		return this.#page(id, `around=${encodeURIComponent(message)}&`);
	}

	/**
	 * @param {string} id
	 * @param {number} after a seq
	 * @param {string} [epoch] in which the client had everything up to `after`
	 * @returns {Promise<ChangesPage>}
	 */
	changes(id, after, epoch) {
		const checked = epoch ? `&epoch=${encodeURIComponent(epoch)}` : "";
		return this.#http.request("GET", `${conversationUrl(id)}/changes?after=${after}${checked}&limit=${PAGE_CHANGES}`);
	}

	/** The direct conversation with a user, created if needed. @param {string} user a name @returns {Promise<Entry>} */
	openDirect(user) {
		return this.#http.request("POST", "/api/conversations", { user });
	}

	/**
	 * The user's conversations, the latest activity first.
	 * @returns {Promise<{conversations: Entry[], limit: number}>}
	 */
	list() {
		return this.#http.request("GET", "/api/conversations");
	}

	/** @param {string} id @param {Partial<Pick<Entry, "pinned" | "notify">>} change @returns {Promise<Entry>} */
	update(id, change) {
		return this.#http.request("PATCH", conversationUrl(id), change);
	}

	/**
	 * Remove a conversation from the list, until a mention or a direct message arrives.
	 * @param {string} id
	 * @returns {Promise<void>}
	 */
	unlist(id) {
		return this.#http.request("DELETE", conversationUrl(id));
	}

	/** @param {string} prefix @returns {Promise<Channel[]>} the latest activity first */
	async channels(prefix) {
		return (await this.#http.request("GET", `/api/channels?${new URLSearchParams({ prefix })}`)).channels;
	}

	/** @param {string} name of a channel @param {string} topic @returns {Promise<{topic: string}>} */
	setTopic(name, topic) {
		return this.#http.request("PATCH", `/api/channels/${encodeURIComponent(name)}`, { topic });
	}

	/** @param {string} id @param {string} parameter with a final `&`, or empty */
	#page(id, parameter) {
		return this.#http.request("GET", `${conversationUrl(id)}/messages?${parameter}limit=${PAGE_MESSAGES}`);
	}
}
