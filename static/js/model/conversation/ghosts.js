import { Emitter } from "../base/emitter.js";
import { PersonDirectory } from "../lists/person-directory.js";

/** @typedef {import("../base/protocol.js").Draft} Draft */
/** @typedef {import("../base/messages.js").Ghost} Ghost */

/** @param {{position: number}} a @param {{position: number}} b */
const byPosition = (a, b) => a.position - b.position;

/**
 * Drafts of the other users in a conversation, as the server sends them: whole texts, the latest wins.
 * @extends {Emitter<{change: void}>}
 */
export class Ghosts extends Emitter {
	/** @type {Map<string, Ghost>} */
	#ghosts = new Map();
	#persons;

	/** @param {PersonDirectory} [persons] gets the authors */
	constructor(persons = new PersonDirectory()) {
		super();
		this.#persons = persons;
	}

	/** By rising position. @returns {Ghost[]} */
	get all() {
		return [...this.#ghosts.values()].sort(byPosition);
	}

	/**
	 * @param {readonly Draft[]} drafts
	 * @param {{all?: boolean | undefined, me?: string | undefined}} [options] with `all`, these drafts replace the known
	 *   ones; drafts of the user `me` are skipped
	 */
	merge(drafts, { all = false, me } = {}) {
		if (all) this.#ghosts.clear();
		this.#persons.update(drafts.map(({ author }) => author));
		for (const { id, author, position, text } of drafts) {
			if (text === null || author.id === me) this.#ghosts.delete(id);
			else this.#ghosts.set(id, { id, author, position, text });
		}
		if (all || drafts.length > 0) this.emit("change");
	}

	/** Remove the ghosts whose messages have arrived. @param {(id: string) => boolean} isMessage */
	removeCommitted(isMessage) {
		const committed = [...this.#ghosts.keys()].filter(isMessage);
		for (const id of committed) this.#ghosts.delete(id);
		if (committed.length > 0) this.emit("change");
	}

	clear() {
		this.merge([], { all: true });
	}
}
