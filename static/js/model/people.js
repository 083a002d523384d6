import { Emitter } from "./emitter.js";

/** @typedef {import("./protocol.js").Person} Person */

/**
 * Who is here: a set by id, so that hearing of somebody twice does no harm.
 * @extends {Emitter<{change: void}>}
 */
export class People extends Emitter {
	/** @type {Map<string, Person>} */
	#here = new Map();

	get size() {
		return this.#here.size;
	}

	/** @returns {Person[]} */
	get all() {
		return [...this.#here.values()];
	}

	/** @param {Person[]} people */
	replace(people) {
		this.#here = new Map(people.map((person) => [person.id, person]));
		this.emit("change");
	}

	/** @param {Person[]} came @param {string[]} went */
	move(came, went) {
		for (const person of came) this.#here.set(person.id, person);
		for (const id of went) this.#here.delete(id);
		this.emit("change");
	}
}
