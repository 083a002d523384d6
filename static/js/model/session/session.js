import { Emitter } from "../base/emitter.js";

/** @typedef {import("../base/protocol.js").Me} Me */
/** @typedef {import("../base/protocol.js").Role} Role */
/** @typedef {import("../base/refusal.js").Removal} Removal */

/** @type {readonly Role[]} */
const RANKS = ["member", "moderator", "admin"];

/**
 * The user who was signed in, and why the session ended: `left` (signed out), `deleted` (the account), `ended` (on
 * another device) or `banned` (by a moderator); `back` after the user dismissed the farewell.
 * @typedef {{how: "left" | "deleted" | "ended" | "banned" | "back", name: string, hasPassword: boolean,
 *   ban?: Removal}} Farewell
 */

/**
 * The signed-in user. The state is `unknown` until the server has answered.
 * Emits `change` when a user signed in or out, `me` when something about the user changed.
 * @extends {Emitter<{change: void, me: void}>}
 */
export class Session extends Emitter {
	/** @type {Me | null} */
	#me = null;
	#isKnown = false;
	/** @type {Farewell | null} */
	#farewell = null;

	get me() {
		return this.#me;
	}

	/** @returns {"unknown" | "signedOut" | "signedIn"} */
	get state() {
		if (!this.#isKnown) return "unknown";
		return this.#me ? "signedIn" : "signedOut";
	}

	/** About the user who was signed in before; null if there was none. */
	get farewell() {
		return this.#farewell;
	}

	/** Whether the user ignores this other user. @param {string} id */
	ignores(id) {
		return this.#me?.ignored?.includes(id) ?? false;
	}

	/** @param {Me} me */
	signIn(me) {
		const isSameUser = this.#me?.id === me.id;
		this.#me = me;
		this.#isKnown = true;
		this.#farewell = null;
		if (!isSameUser) this.emit("change");
		this.emit("me");
	}

	/**
	 * Update the signed-in user. Data of any other user is discarded: it belongs to an earlier session.
	 * @param {Me} me
	 */
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
		this.#isKnown = true;
		this.emit("change");
	}

	/** A sign-in was refused because of a ban. @param {Removal} ban */
	refuseBanned(ban) {
		if (this.state !== "signedOut") return;
		this.#farewell = { how: "banned", name: "", hasPassword: false, ban };
		this.emit("change");
	}

	/** Show the sign-in form instead of the farewell. */
	dismissFarewell() {
		if (!this.#farewell) return;
		this.#farewell = { ...this.#farewell, how: "back" };
		this.emit("change");
	}
}

/** Users can moderate lower roles only, not their own. @param {Role} role @param {Role} other */
export const ranksAbove = (role, other) => RANKS.indexOf(role) > RANKS.indexOf(other);
