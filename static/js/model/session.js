import { Emitter } from "./emitter.js";

/** @typedef {import("./protocol.js").Me} Me */

/**
 * Who I am here. `unknown` until the server was asked.
 * `change` when somebody came or went, `me` when something about me changed.
 * @extends {Emitter<{change: void, me: void}>}
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
		this.emit("me");
	}

	/** What somebody who is inside changed about themselves. @param {Me} me */
	learn(me) {
		if (this.#me?.id === me.id) this.enter(me);
	}

	leave() {
		const outside = this.state === "outside";
		this.#me = null;
		this.#asked = true;
		if (!outside) this.emit("change");
	}
}
