import { Emitter } from "../base/emitter.js";
import { PersonDirectory } from "../lists/person-directory.js";

/** @typedef {import("../base/protocol.js").Person} Person */

/**
 * The users who are present in a conversation. A set by id, so that a repeated event has no effect.
 * @extends {Emitter<{change: void}>}
 */
export class Participants extends Emitter {
	/** @type {Map<string, Person>} */
	#present = new Map();
	#persons;

	/** @param {PersonDirectory} [persons] has their current names and avatars */
	constructor(persons = new PersonDirectory()) {
		super();
		this.#persons = persons;
	}

	get size() {
		return this.#present.size;
	}

	/** @returns {Person[]} */
	get all() {
		return [...this.#present.values()].map((person) => this.#persons.current(person));
	}

	/** Emit `change` if one of these users is present. @param {ReadonlySet<string>} changed ids of changed users */
	refresh(changed) {
		if ([...changed].some((id) => this.#present.has(id))) this.emit("change");
	}

	/** @param {Person[]} people */
	replace(people) {
		this.#persons.update(people);
		this.#present = new Map(people.map((person) => [person.id, person]));
		this.emit("change");
	}

	/** @param {Person[]} came @param {string[]} went */
	update(came, went) {
		this.#persons.update(came);
		for (const person of came) this.#present.set(person.id, person);
		for (const id of went) this.#present.delete(id);
		this.emit("change");
	}
}
