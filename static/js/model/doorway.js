import { Emitter } from "./emitter.js";
import { nicknameFault } from "./names.js";

/** @typedef {import("./refusal.js").Refusal} Refusal */
/** @typedef {import("./session.js").Farewell} Farewell */

/** With a name that is new here, or with one that has a password. @typedef {"new" | "known"} Way */
/** @typedef {"name" | "password"} Field */
/** What is wrong, and with which field: a fault that we see, or a refusal of the server. */
/** @typedef {{field: Field, is: string | Refusal}} Fault */
/** What would help instead. @typedef {"sign-in" | "use-it"} Offer */

/** @type {Record<string, Offer>} */
const OFFERS = { name_taken: "sign-in", unknown_name: "use-it" };

/**
 * The two ways in: which one somebody takes, what was wrong, and what would help. Knows no password.
 * @extends {Emitter<{change: void}>}
 */
export class Doorway extends Emitter {
	/** @type {Way} */
	#way = "new";
	/** @type {Fault | null} */
	#fault = null;
	/** @type {Offer | null} */
	#offer = null;

	get way() {
		return this.#way;
	}

	get fault() {
		return this.#fault;
	}

	get offer() {
		return this.#offer;
	}

	/** @param {Way} way */
	take(way) {
		this.#way = way;
		this.#say(null);
	}

	/** While somebody writes, an empty field is no mistake yet. @param {Field} field @param {string} name */
	correct(field, name) {
		const is = field === "name" ? nicknameFault(name) : null;
		this.#say(is && is !== "empty" ? { field, is } : null);
	}

	/** @param {string} name @param {string} password @returns {boolean} whether it is worth asking the server */
	try(name, password) {
		const is = nicknameFault(name);
		if (is) this.#say({ field: "name", is });
		else if (this.#way === "known" && !password) this.#say({ field: "password", is: "noPassword" });
		else return true;
		return false;
	}

	/** @param {Refusal} refusal */
	refuse(refusal) {
		const field = refusal.field === "password" && this.#way === "known" ? "password" : "name";
		this.#say({ field, is: refusal }, OFFERS[refusal.code]);
	}

	/** @param {Fault | null} fault @param {Offer | null} [offer] */
	#say(fault, offer = null) {
		this.#fault = fault;
		this.#offer = offer;
		this.emit("change");
	}
}
