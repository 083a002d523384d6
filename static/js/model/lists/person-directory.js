import { Emitter } from "../base/emitter.js";

/** @typedef {import("../base/protocol.js").Person} Person */

/** @param {Person} a @param {Person} b */
const isSame = (a, b) =>
	a.name === b.name && (a.avatar ?? "") === (b.avatar ?? "") && Boolean(a.former) === Boolean(b.former);

/**
 * All users that this client knows, by id, with their current name and avatar: messages keep their author as of then,
 * and show the current one. Emits `change` with the ids, and `requested` when an unknown user is to be loaded.
 * @extends {Emitter<{change: ReadonlySet<string>, requested: void}>}
 */
export class PersonDirectory extends Emitter {
	/** @type {Map<string, Person>} */
	#known = new Map();
	/** How often somebody was seen to change. @type {Map<string, number>} */
	#versions = new Map();
	/** Who is to be asked for, and who was. @type {Set<string>} */
	#requested = new Set();
	/** @type {Set<string>} */
	#asked = new Set();

	/** @param {Person} person as somebody said it @returns {Person} as they are now */
	current(person) {
		return this.#known.get(person.id) ?? person;
	}

	/** Whether somebody was heard of. @param {string} id */
	has(id) {
		return this.#known.has(id);
	}

	/** Somebody of whom only the id is known; who is not known yet is asked for. @param {string} id @returns {Person | undefined} */
	find(id) {
		const person = this.#known.get(id);
		if (!person && !this.#asked.has(id)) this.request([id]);
		return person;
	}

	/** Changes when somebody has to be drawn anew. @param {string} id */
	version(id) {
		return this.#versions.get(id) ?? 0;
	}

	/** Who was heard of, at any place: the latest is right. @param {Iterable<Person>} people */
	update(people) {
		const changed = new Set([...people].filter((person) => this.#store(person)).map(({ id }) => id));
		if (changed.size > 0) this.emit("change", changed);
	}

	/** @param {readonly string[]} ids */
	request(ids) {
		for (const id of ids) this.#requested.add(id);
		this.emit("requested");
	}

	/** Whom to ask for next; nobody is asked for twice. @param {number} most @returns {string[]} */
	takeRequested(most) {
		const taken = [...this.#requested].slice(0, most);
		for (const id of taken) {
			this.#requested.delete(id);
			this.#asked.add(id);
		}
		return taken.filter((id) => !this.#known.has(id));
	}

	/** @param {Person} person @returns {boolean} whether this is news */
	#store(person) {
		const { id } = person;
		const existing = this.#known.get(id);
		// Whoever has lost a name does not get it back: what says otherwise is old.
		if (existing && (isSame(existing, person) || (existing.former && !person.former))) return false;
		this.#known.set(id, person);
		if (existing) this.#versions.set(id, this.version(id) + 1);
		return true;
	}
}
