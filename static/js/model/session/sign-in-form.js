import { Emitter } from "../base/emitter.js";
import { nicknameFault } from "../base/names.js";
import { passwordFault } from "./validation.js";

/** @typedef {import("../base/protocol.js").Registration} Registration */
/** @typedef {import("../base/refusal.js").Refusal} Refusal */
/** @typedef {import("./session.js").Farewell} Farewell */

/** Register a new name, or sign in to a name with a password. @typedef {"new" | "known"} Mode */
/** @typedef {"name" | "password" | "repeat"} Field */
/** What is wrong, and with which field: a fault that we see, or a refusal of the server. */
/** @typedef {{field: Field, is: string | Refusal}} Fault */
/** What the user could do instead. @typedef {"sign-in" | "use-it"} Suggestion */
/** What the user entered. @typedef {{name: string, password: string, repeat: string}} Entered */

/** @type {Record<string, Suggestion>} */
const SUGGESTIONS = { name_taken: "sign-in", unknown_name: "use-it" };

/** Until the server has told. @type {Registration} */
const OPEN = { registration: "open", users: true };

/**
 * The form to register or to sign in: its mode, what it requires, what was wrong, and a suggestion. Holds no password.
 * @extends {Emitter<{change: void}>}
 */
export class SignInForm extends Emitter {
	/** @type {Mode} */
	#mode = "new";
	/** @type {Fault | null} */
	#fault = null;
	/** @type {Suggestion | null} */
	#suggestion = null;
	/** @type {Registration} */
	#registration = OPEN;

	get mode() {
		return this.#mode;
	}

	get fault() {
		return this.#fault;
	}

	get suggestion() {
		return this.#suggestion;
	}

	/** Whether somebody who is new here is let in. */
	get allowsRegistration() {
		const { registration, invitation } = this.#registration;
		return invitation ? invitation.admits : registration === "open" || registration === "password";
	}

	/** Whether the present way needs a password: to sign in, or for a new name that is to be kept from the start. */
	get needsPassword() {
		const { registration, invitation } = this.#registration;
		const isAboveAll = Boolean(invitation) && invitation?.role !== "member";
		return this.#mode === "known" || registration !== "open" || isAboveAll;
	}

	/** What to say of coming in, before anything is tried. @returns {"invite" | "closed" | "invited" | "bad_invitation" | "first" | null} */
	get notice() {
		const { registration, users, invitation } = this.#registration;
		if (invitation?.admits) return users ? "invited" : "first";
		if (invitation === null) return "bad_invitation";
		return registration === "invite" || registration === "closed" ? registration : null;
	}

	/** What it takes to come in here. @param {Registration} registration */
	setRegistration(registration) {
		const couldBeNew = this.allowsRegistration;
		this.#registration = registration;
		if (!this.allowsRegistration) this.#mode = "known";
		else if (!couldBeNew) this.#mode = "new";
		this.emit("change");
	}

	/** @param {Mode} mode */
	setMode(mode) {
		this.#mode = this.allowsRegistration ? mode : "known";
		this.#set(null);
	}

	/** While somebody writes, what only begins is no mistake yet. @param {Field} field @param {string} name */
	edit(field, name) {
		const is = field === "name" ? nicknameFault(name) : null;
		this.#set(is && is !== "empty" && is !== "dots" ? { field, is } : null);
	}

	/** @param {Entered} entered @returns {boolean} whether it is worth asking the server */
	validate(entered) {
		const fault = this.#faultOf(entered);
		if (fault) this.#set(fault);
		return !fault;
	}

	/** @param {Entered} entered @returns {Fault | null} */
	#faultOf({ name, password, repeat }) {
		const is = nicknameFault(name);
		if (is) return { field: "name", is };
		if (this.#mode === "known") return password ? null : { field: "password", is: "noPassword" };
		if (!this.needsPassword) return null;
		const wrong = passwordFault(password, name);
		if (wrong) return { field: "password", is: `password.${wrong}` };
		return password === repeat ? null : { field: "repeat", is: "repeat" };
	}

	/** @param {Refusal} refusal */
	fail(refusal) {
		const mode = /** @type {const} */ ({ password_needed: "password", invitation_needed: "invite", closed: "closed" });
		const known = /** @type {Record<string, import("../base/protocol.js").RegistrationMode>} */ (mode)[refusal.code];
		if (known) this.#learnMode(known);
		if (refusal.code === "bad_invitation") this.setRegistration({ ...this.#registration, invitation: null });
		const field = refusal.field === "password" && this.needsPassword ? "password" : "name";
		const suggestion = SUGGESTIONS[refusal.code];
		this.#set({ field, is: refusal }, suggestion === "use-it" && !this.allowsRegistration ? null : suggestion);
	}

	/** An invitation that was shown and did not help admits nobody. @param {import("../base/protocol.js").RegistrationMode} registration */
	#learnMode(registration) {
		const { users, invitation } = this.#registration;
		this.setRegistration({ registration, users, ...(registration === "password" && { invitation }) });
	}

	/** @param {Fault | null} fault @param {Suggestion | null} [suggestion] */
	#set(fault, suggestion = null) {
		this.#fault = fault;
		this.#suggestion = suggestion;
		this.emit("change");
	}
}
