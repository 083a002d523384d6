import { Emitter } from "../base/emitter.js";

/** @typedef {import("./routes.js").SearchQuery} SearchQuery */
/** @typedef {import("../base/protocol.js").Hit} Hit */
/** @typedef {import("../base/refusal.js").Refusal} Refusal */
/** @typedef {"idle" | "searching" | "ready" | "failed"} Phase no query, waiting for the answer, answered, failed */

/** @param {SearchQuery} query */
const keyOf = (query) => JSON.stringify([query.q.trim(), query.in, query.from, query.after, query.before]);

/**
 * The search for messages: the query and the results so far.
 * @extends {Emitter<{change: void}>}
 */
export class SearchResults extends Emitter {
	/** @type {SearchQuery} */
	#query = { q: "" };
	/** @type {Hit[]} */
	#hits = [];
	/** @type {string | null} */
	#cursor = null;
	/** @type {Phase} */
	#phase = "idle";
	/** @type {Refusal | null} */
	#refusal = null;

	get query() {
		return this.#query;
	}

	/** @returns {readonly Hit[]} */
	get hits() {
		return this.#hits;
	}

	/** The cursor of the next page; null if there are no more results. */
	get cursor() {
		return this.#cursor;
	}

	get phase() {
		return this.#phase;
	}

	get refusal() {
		return this.#refusal;
	}

	/**
	 * @param {SearchQuery} query
	 * @returns {boolean} whether the query has to be sent: it is new, or the last one failed
	 */
	differs(query) {
		return keyOf(query) !== keyOf(this.#query) || this.#phase === "failed";
	}

	/** @param {SearchQuery} query */
	start(query) {
		this.#query = query;
		this.#hits = [];
		this.#cursor = null;
		this.#refusal = null;
		this.#phase = query.q.trim() ? "searching" : "idle";
		this.emit("change");
	}

	/** @returns {boolean} whether there is a next page to load */
	startNextPage() {
		if (this.#phase === "searching" || !this.#cursor) return false;
		this.#phase = "searching";
		this.#refusal = null;
		this.emit("change");
		return true;
	}

	/** @param {SearchQuery} query the one that was sent @param {{hits: Hit[], cursor?: string | null}} page */
	add(query, { hits, cursor = null }) {
		if (query !== this.#query) return;
		const known = new Set(this.#hits.map(({ message }) => message.id));
		this.#hits = [...this.#hits, ...hits.filter(({ message }) => !known.has(message.id))];
		this.#cursor = cursor;
		this.#phase = "ready";
		this.emit("change");
	}

	/** @param {SearchQuery} query @param {Refusal} refusal */
	fail(query, refusal) {
		if (query !== this.#query) return;
		this.#phase = "failed";
		this.#refusal = refusal;
		this.emit("change");
	}

	/** Drop everything of the previous user. */
	clear() {
		this.start({ q: "" });
	}
}
