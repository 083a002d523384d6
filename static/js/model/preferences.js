import { Emitter } from "./emitter.js";

const ANNOUNCE = "ting-announce-words";

/**
 * What somebody prefers in this browser alone.
 * @extends {Emitter<{change: void}>}
 */
export class Preferences extends Emitter {
	#storage;
	#announceWords;

	/** @param {{get: (key: string) => string | null | undefined, set: (key: string, value: string) => unknown}} storage */
	constructor(storage) {
		super();
		this.#storage = storage;
		this.#announceWords = storage.get(ANNOUNCE) === "yes";
	}

	/** Whether those who listen hear others word by word. */
	get announceWords() {
		return this.#announceWords;
	}

	set announceWords(announce) {
		this.#announceWords = announce;
		this.#storage.set(ANNOUNCE, announce ? "yes" : "no");
		this.emit("change");
	}
}
