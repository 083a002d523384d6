import { Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../../model/base/protocol.js").Me} Me */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/account-api.js").AccountApi} AccountApi */

/** Changes the user's account: sends the request, then updates the session with the answer. */
export class AccountController {
	#world;
	#api;
	#isSaving = false;

	/** @param {World} world @param {AccountApi} api */
	constructor(world, api) {
		this.#world = world;
		this.#api = api;
		world.on("invited", () => this.#redeemInvitation());
		world.session.on("change", () => this.#redeemInvitation());
		// The language and the theme are copied to this browser: the next page load needs them before sign-in.
		world.session.on("me", () => world.session.me && this.#applyPreferences(world.session.me));
	}

	/** @param {Changes} changes */
	async update(changes) {
		const me = await this.#api.updateAccount(changes);
		if ("language" in changes) this.#world.preferences.languageSaved();
		this.#updateSession(me);
	}

	/** @param {string} name the new nickname */
	async rename(name) {
		this.#updateSession(await this.#api.rename(name));
	}

	/** @param {Blob} image @param {(part: number) => void} progress from 0 to 1 */
	async setAvatar(image, progress) {
		this.#updateSession(await this.#api.setAvatar(image, progress));
	}

	async resetAvatar() {
		this.#updateSession(await this.#api.resetAvatar());
	}

	/** @param {string} password @param {string} [current] the one it replaces */
	async setPassword(password, current) {
		this.#updateSession(await this.#api.setPassword(password, current));
	}

	devices() {
		return this.#api.devices();
	}

	/** @param {string} id of a session of the user */
	revokeSession(id) {
		return this.#api.revokeSession(id);
	}

	tokens() {
		return this.#api.tokens();
	}

	/** @param {string} name @param {number | null} days null: until it is revoked @param {string} [password] */
	createToken(name, days, password) {
		return this.#api.createToken(name, days, password);
	}

	/** @param {string} id */
	revokeToken(id) {
		return this.#api.revokeToken(id);
	}

	/** @param {string} name @param {boolean} on */
	async setIgnored(name, on) {
		this.#updateSession(await this.#api.setIgnored(name, on));
	}

	async ignoredUsers() {
		const persons = await this.#api.ignored();
		this.#world.persons.update(persons);
		return persons;
	}

	/** @param {{password?: string, messages: "keep" | "remove"}} how */
	async deleteAccount(how) {
		await this.#api.deleteAccount(how);
		this.#world.session.end("deleted");
	}

	/** @param {Me} me */
	#applyPreferences(me) {
		const { preferences, connection } = this.#world;
		if (me.language === preferences.chosenLanguage) preferences.languageSaved();
		preferences.applyAccount(me);
		// Only once the connection is live: `welcome` could carry the state from before this change and undo it.
		if (preferences.chosenLanguage && connection.live) this.#saveLanguage(preferences.chosenLanguage);
	}

	/**
	 * Save the language that was chosen before sign-in in the account.
	 * @param {import("../../model/base/protocol.js").Language} language
	 */
	async #saveLanguage(language) {
		if (this.#isSaving) return;
		this.#isSaving = true;
		// After a failure the language stays as it is in this browser, and the next `me` triggers a retry.
		await this.update({ language }).catch(() => {});
		this.#isSaving = false;
	}

	/** Redeem an opened invitation for the signed-in user. Without a session, the sign-in request sends it. */
	async #redeemInvitation() {
		const { session, invitation } = this.#world;
		if (session.state !== "signedIn" || !invitation) return;
		this.#world.invitation = null;
		const before = session.me?.role;
		try {
			this.#updateSession(await this.#api.redeemInvitation(invitation));
			const after = session.me?.role;
			if (after && after !== before) this.#world.emit("promoted", after);
		} catch (error) {
			this.#world.emit("refused", Refusal.from(error));
		}
	}

	/** @param {Me} me */
	#updateSession(me) {
		this.#world.session.update(me);
	}
}
