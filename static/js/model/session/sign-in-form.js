import { Emitter } from "../base/emitter.js";
import { nicknameFault } from "../base/names.js";
import { PasswordRules } from "./password-rules.js";

/** @typedef {import("../base/protocol.js").Registration} Registration */
/** @typedef {import("../base/refusal.js").Refusal} Refusal */
/** @typedef {import("./session.js").Farewell} Farewell */

/** Register a new name, or sign in to a name with a password. @typedef {"new" | "known"} Mode */
/** @typedef {"name" | "password" | "repeat"} Field */
/** What is wrong with which field: found by the client, or refused by the server. */
/** @typedef {{field: Field, is: string | Refusal}} Fault */
/** What the user could do instead. @typedef {"sign-in" | "use-it"} Suggestion */
/** What the user entered. @typedef {{name: string, password: string, repeat: string}} Entered */

/** @type {Record<string, Suggestion>} */
const SUGGESTIONS = { name_taken: "sign-in", unknown_name: "use-it" };

/** Assumed until the server has answered. @type {Registration} */
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
	#rules;

	/** @param {PasswordRules} [rules] for new passwords */
	constructor(rules = new PasswordRules()) {
		super();
		this.#rules = rules;
	}

	get mode() {
		return this.#mode;
	}

	get fault() {
		return this.#fault;
	}

	get suggestion() {
		return this.#suggestion;
	}

	/** Whether a new user can register. */
	get allowsRegistration() {
		const { registration, invitation } = this.#registration;
		return invitation ? invitation.admits : registration === "open" || registration === "password";
	}

	/** Whether the password in the form is a new one. */
	get setsPassword() {
		return this.#mode === "new" && this.needsPassword;
	}

	/** Whether a password is required in the current mode: to sign in, or to register with one. */
	get needsPassword() {
		const { registration, invitation } = this.#registration;
		const givesRole = Boolean(invitation) && invitation?.role !== "member";
		return this.#mode === "known" || registration !== "open" || givesRole;
	}

	/**
	 * The notice about registration that the form shows.
	 * @returns {"invite" | "closed" | "invited" | "bad_invitation" | "first" | null}
	 */
	get notice() {
		const { registration, users, invitation } = this.#registration;
		if (invitation?.admits) return users ? "invited" : "first";
		if (invitation === null) return "bad_invitation";
		return registration === "invite" || registration === "closed" ? registration : null;
	}

	/** @param {Registration} registration */
	setRegistration(registration) {
		const didAllow = this.allowsRegistration;
		this.#registration = registration;
		if (!this.allowsRegistration) this.#mode = "known";
		else if (!didAllow) this.#mode = "new";
		this.emit("change");
	}

	/** @param {Mode} mode */
	setMode(mode) {
		this.#mode = this.allowsRegistration ? mode : "known";
		this.#set(null);
	}

	/** The user types: an unfinished name is not a fault yet. @param {Field} field @param {string} name */
	edit(field, name) {
		const is = field === "name" ? nicknameFault(name) : null;
		this.#set(is && is !== "empty" && is !== "dots" ? { field, is } : null);
	}

	/** @param {Entered} entered @returns {boolean} whether to send the form to the server */
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
		const fault = password === "" ? "empty" : this.#rules.fault(password, name);
		if (fault) return { field: "password", is: `password.${fault}` };
		return password === repeat ? null : { field: "repeat", is: "repeat" };
	}

	/** @param {Refusal} refusal */
	fail(refusal) {
		const modes = /** @type {const} */ ({ password_needed: "password", invitation_needed: "invite", closed: "closed" });
		const mode = /** @type {Record<string, import("../base/protocol.js").RegistrationMode>} */ (modes)[refusal.code];
		if (mode) this.#learnMode(mode);
		if (refusal.code === "bad_invitation") this.setRegistration({ ...this.#registration, invitation: null });
		const field = refusal.field === "password" && this.needsPassword ? "password" : "name";
		const suggestion = SUGGESTIONS[refusal.code];
		this.#set({ field, is: refusal }, suggestion === "use-it" && !this.allowsRegistration ? null : suggestion);
	}

	/**
	 * The server refused because of its registration mode. Only in the mode `password` can the invitation still be of
	 * use.
	 * @param {import("../base/protocol.js").RegistrationMode} registration
	 */
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
