import { Emitter } from "../base/emitter.js";

/** @typedef {import("../base/protocol.js").Person} Person */

/** @param {Person} a @param {Person} b */
const isSame = (a, b) =>
	a.name === b.name && (a.avatar ?? "") === (b.avatar ?? "") && Boolean(a.former) === Boolean(b.former);

/**
 * All users that this client knows, by id, with their current name and avatar. A message holds its author as of its
 * time; views show the current state. Emits `change` with the ids, and `requested` when an unknown user has to be
 * loaded.
 * @extends {Emitter<{change: ReadonlySet<string>, requested: void}>}
 */
export class PersonDirectory extends Emitter {
	/** @type {Map<string, Person>} */
	#known = new Map();
	/** The number of changes by user id. @type {Map<string, number>} */
	#versions = new Map();
	/** Ids to be loaded. @type {Set<string>} */
	#requested = new Set();
	/** Ids that were handed to the loader. @type {Set<string>} */
	#taken = new Set();

	/** @param {Person} person as known at some time @returns {Person} the current state */
	current(person) {
		return this.#known.get(person.id) ?? person;
	}

	/** Whether a user is known. @param {string} id */
	has(id) {
		return this.#known.has(id);
	}

	/** The user with this id. An unknown user is requested once. @param {string} id @returns {Person | undefined} */
	find(id) {
		const person = this.#known.get(id);
		if (!person && !this.#taken.has(id)) this.request([id]);
		return person;
	}

	/** A number that changes whenever the user has to be rendered again. @param {string} id */
	version(id) {
		return this.#versions.get(id) ?? 0;
	}

	/** Add users from any frame or answer: the latest state wins. @param {Iterable<Person>} people */
	update(people) {
		const changed = new Set([...people].filter((person) => this.#store(person)).map(({ id }) => id));
		if (changed.size > 0) this.emit("change", changed);
	}

	/** @param {readonly string[]} ids */
	request(ids) {
		for (const id of ids) this.#requested.add(id);
		this.emit("requested");
	}

	/** Take the next ids to load. @param {number} limit @returns {string[]} */
	takeRequested(limit) {
		const taken = [...this.#requested].slice(0, limit);
		for (const id of taken) {
			this.#requested.delete(id);
			this.#taken.add(id);
		}
		return taken.filter((id) => !this.#known.has(id));
	}

	/** @param {Person} person @returns {boolean} whether anything changed */
	#store(person) {
		const { id } = person;
		const existing = this.#known.get(id);
		// A user never gets a lost name back: a state that says so is outdated.
		if (existing && (isSame(existing, person) || (existing.former && !person.former))) return false;
		this.#known.set(id, person);
		if (existing) this.#versions.set(id, this.version(id) + 1);
		return true;
	}
}
