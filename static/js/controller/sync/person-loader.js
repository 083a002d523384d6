import { backoffMs, sleep } from "../net/backoff.js";

/** @typedef {import("../../model/lists/person-directory.js").PersonDirectory} PersonDirectory */
/** @typedef {import("../../model/base/protocol.js").Person} Person */

/** The server answers at most this many ids per request. */
const MAX_IDS = 100;
/** Ids that are requested within this time go into one request. */
const BATCH_MS = 50;

/** Loads the users that are known only by their id. */
export class PersonLoader {
	#persons;
	#api;
	#random;
	#busy = false;

	/**
	 * @param {PersonDirectory} persons
	 * @param {{persons: (ids: string[]) => Promise<Person[]>}} api
	 * @param {() => number} [random]
	 */
	constructor(persons, api, random = Math.random) {
		this.#persons = persons;
		this.#api = api;
		this.#random = random;
		persons.on("requested", () => this.#load());
	}

	async #load() {
		if (this.#busy) return;
		this.#busy = true;
		await sleep(BATCH_MS);
		let failures = 0;
		for (let ids = this.#persons.takeRequested(MAX_IDS); ids.length > 0; ids = this.#persons.takeRequested(MAX_IDS)) {
			const people = await this.#api.persons(ids).catch(() => null);
			if (people) this.#persons.update(people);
			else {
				this.#persons.request(ids);
				await sleep(backoffMs(failures++, this.#random));
			}
		}
		this.#busy = false;
	}
}
