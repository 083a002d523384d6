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

	/** @param {PersonDirectory} [persons] hear of the authors */
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
	 * @param {{all?: boolean | undefined, me?: string | undefined}} [of] with `all` these are all there are; my own are no ghosts to me
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

	/** Those that became messages are over. @param {(id: string) => boolean} isMessage */
	removeCommitted(isMessage) {
		const over = [...this.#ghosts.keys()].filter(isMessage);
		for (const id of over) this.#ghosts.delete(id);
		if (over.length > 0) this.emit("change");
	}

	clear() {
		this.merge([], { all: true });
	}
}
