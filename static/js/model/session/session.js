import { Emitter } from "../base/emitter.js";

/** @typedef {import("../base/protocol.js").Me} Me */
/** @typedef {import("../base/protocol.js").Role} Role */
/** @typedef {import("../base/refusal.js").Removal} Removal */

/** @type {readonly Role[]} */
const RANKS = ["member", "moderator", "admin"];

/**
 * Who was here, and why no more: `left` by themselves, with the account `deleted` too, `ended` by somebody or something
 * else, `banned` by those who keep order. They may want to come `back`.
 * @typedef {{how: "left" | "deleted" | "ended" | "banned" | "back", name: string, hasPassword: boolean,
 *   ban?: Removal}} Farewell
 */

/**
 * Who I am here. `unknown` until the server was asked.
 * `change` when somebody came or went, `me` when something about me changed.
 * @extends {Emitter<{change: void, me: void}>}
 */
export class Session extends Emitter {
	/** @type {Me | null} */
	#me = null;
	#asked = false;
	/** @type {Farewell | null} */
	#farewell = null;

	get me() {
		return this.#me;
	}

	/** @returns {"unknown" | "signedOut" | "signedIn"} */
	get state() {
		if (!this.#asked) return "unknown";
		return this.#me ? "signedIn" : "signedOut";
	}

	/** Of whoever was here before; null when nobody was. */
	get farewell() {
		return this.#farewell;
	}

	/** Whether somebody is not heard by me. @param {string} id */
	ignores(id) {
		return this.#me?.ignored?.includes(id) ?? false;
	}

	/** @param {Me} me */
	signIn(me) {
		const known = this.#me?.id === me.id;
		this.#me = me;
		this.#asked = true;
		this.#farewell = null;
		if (!known) this.emit("change");
		this.emit("me");
	}

	/** What somebody who is inside changed about themselves. @param {Me} me */
	update(me) {
		if (this.#me?.id === me.id) this.signIn(me);
	}

	/** @param {"left" | "deleted" | "ended" | "banned"} how @param {Removal | null} [ban] */
	end(how, ban = null) {
		if (this.state === "signedOut") return;
		if (this.#me)
			this.#farewell = { how, name: this.#me.name, hasPassword: this.#me.has_password, ...(ban && { ban }) };
		else if (ban) this.#farewell = { how, name: "", hasPassword: false, ban };
		this.#me = null;
		this.#asked = true;
		this.emit("change");
	}

	/** Whoever has left stands at the door again. */
	dismissFarewell() {
		if (!this.#farewell) return;
		this.#farewell = { ...this.#farewell, how: "back" };
		this.emit("change");
	}
}

/** Order is kept among those below one; not among equals. @param {Role} one @param {Role} other */
export const ranksAbove = (one, other) => RANKS.indexOf(one) > RANKS.indexOf(other);
