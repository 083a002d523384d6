import { Emitter } from "../base/emitter.js";
import { PersonDirectory } from "../lists/person-directory.js";

/** @typedef {import("../base/protocol.js").Person} Person */

/**
 * Who is here: a set by id, so that hearing of somebody twice does no harm.
 * @extends {Emitter<{change: void}>}
 */
export class Participants extends Emitter {
	/** @type {Map<string, Person>} */
	#here = new Map();
	#persons;

	/** @param {PersonDirectory} [persons] where they are as they are now */
	constructor(persons = new PersonDirectory()) {
		super();
		this.#persons = persons;
	}

	get size() {
		return this.#here.size;
	}

	/** @returns {Person[]} */
	get all() {
		return [...this.#here.values()].map((person) => this.#persons.now(person));
	}

	/** Some persons are not what they were. @param {ReadonlySet<string>} changed ids */
	notice(changed) {
		if ([...changed].some((id) => this.#here.has(id))) this.emit("change");
	}

	/** @param {Person[]} people */
	replace(people) {
		this.#persons.meet(people);
		this.#here = new Map(people.map((person) => [person.id, person]));
		this.emit("change");
	}

	/** @param {Person[]} came @param {string[]} went */
	move(came, went) {
		this.#persons.meet(came);
		for (const person of came) this.#here.set(person.id, person);
		for (const id of went) this.#here.delete(id);
		this.emit("change");
	}
}
