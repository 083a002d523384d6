import { Emitter } from "../base/emitter.js";

/** @typedef {import("../base/protocol.js").Me} Me */
/** @typedef {import("../base/protocol.js").Role} Role */
/** @typedef {import("../base/refusal.js").Removal} Removal */

/** @type {readonly Role[]} */
const RANKS = ["member", "moderator", "admin"];

/**
 * The user who was signed in, and why the session ended: `left` (signed out), `deleted` (the account), `ended` from
 * elsewhere, or `banned` by a moderator; `back` after the farewell was dismissed.
 * @typedef {{how: "left" | "deleted" | "ended" | "banned" | "back", name: string, hasPassword: boolean,
 *   ban?: Removal}} Farewell
 */

/**
 * The signed-in user. `unknown` until the server answered.
 * Emits `change` when a user signed in or out, `me` when something about the user changed.
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

/** Moderation is possible for lower roles only, not among equals. @param {Role} one @param {Role} other */
export const ranksAbove = (one, other) => RANKS.indexOf(one) > RANKS.indexOf(other);
