import { Emitter } from "./emitter.js";

/** @typedef {import("./protocol.js").Me} Me */

/**
 * Who I am here. `unknown` until the server was asked.
 * @extends {Emitter<{change: void}>}
 */
export class Session extends Emitter {
	/** @type {Me | null} */
	#me = null;
	#asked = false;

	get me() {
		return this.#me;
	}

	/** @returns {"unknown" | "outside" | "inside"} */
	get state() {
		if (!this.#asked) return "unknown";
		return this.#me ? "inside" : "outside";
	}

	/** @param {Me} me */
	enter(me) {
		const known = this.#me?.id === me.id;
		this.#me = me;
		this.#asked = true;
		if (!known) this.emit("change");
	}

	leave() {
		const outside = this.state === "outside";
		this.#me = null;
		this.#asked = true;
		if (!outside) this.emit("change");
	}
}
