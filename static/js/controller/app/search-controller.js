import { Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/lists/routes.js").SearchQuery} SearchQuery */
/** @typedef {import("../../model/base/protocol.js").Hit} Hit */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/http.js").Http} Http */

export const PAGE_HITS = 20;

/**
 * The beginning of a day in the local time zone, in milliseconds since 1970; null for an invalid day.
 * @param {string | undefined} day YYYY-MM-DD
 * @param {number} [offset] in days
 */
function startOf(day, offset = 0) {
	const [year, month, date] = (day ?? "").split("-").map(Number);
	const at = year && month && date ? new Date(year, month - 1, date + offset).getTime() : Number.NaN;
	return Number.isNaN(at) ? null : at;
}

/** @param {SearchQuery} query @param {string | null} cursor */
export function searchUrl(query, cursor) {
	const { q, in: conversation, from, after, before } = query;
	// Both days are included.
	const [since, until] = [startOf(after), startOf(before, 1)];
	const values = { q: q.trim(), in: conversation, from, after: since, before: until, cursor, limit: PAGE_HITS };
	const parameters = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
	return `/api/search?${new URLSearchParams(parameters.map(([name, value]) => [name, String(value)]))}`;
}

/** Searches for messages: runs the query of the URL, page by page. */
export class SearchController {
	#world;
	#http;

	/** @param {World} world @param {Pick<Http, "request">} http */
	constructor(world, http) {
		this.#world = world;
		this.#http = http;
		world.on("place", (place) => place.kind === "search" && this.#search(place.query));
		world.session.on("change", () => {
			const { place, session } = world;
			if (place?.kind === "search" && session.state === "signedIn") this.#search(place.query);
		});
	}

	/** Load the next page. */
	loadMore() {
		const { searchResults } = this.#world;
		if (searchResults.startNextPage()) this.#load(searchResults.query, searchResults.cursor);
	}

	/** Run a query. A query that already has results is not sent again. @param {SearchQuery} query */
	#search(query) {
		const { searchResults, session } = this.#world;
		if (session.state !== "signedIn" || !searchResults.differs(query)) return;
		searchResults.start(query);
		if (searchResults.phase === "searching") this.#load(query, null);
	}

	/** @param {SearchQuery} query @param {string | null} cursor */
	async #load(query, cursor) {
		const { searchResults, persons } = this.#world;
		try {
			/** @type {{hits: Hit[], cursor?: string | null}} */
			const page = await this.#http.request("GET", searchUrl(query, cursor));
			persons.update(page.hits.map(({ message }) => message.author));
			searchResults.add(query, page);
		} catch (error) {
			searchResults.fail(query, Refusal.from(error));
		}
	}
}
