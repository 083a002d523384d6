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
		// What is chosen for an account is remembered on its devices, for the next time the page is opened.
		world.session.on("me", () => world.session.me && this.#applyPreferences(world.session.me));
	}

	/** @param {Changes} changes */
	async update(changes) {
		const me = await this.#api.updateAccount(changes);
		if ("language" in changes) this.#world.preferences.languageSaved();
		this.#updateSession(me);
	}

	/** @param {Blob} picture @param {(part: number) => void} progress from 0 to 1 */
	async setAvatar(picture, progress) {
		this.#updateSession(await this.#api.setAvatar(picture, progress));
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

	/** @param {string} id of a session of mine */
	revokeSession(id) {
		return this.#api.revokeSession(id);
	}

	tokens() {
		return this.#api.tokens();
	}

	/** @param {string} name @param {number | null} days null until it is revoked */
	createToken(name, days) {
		return this.#api.createToken(name, days);
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
		// Not before the server has told who I am: that could be of before this, and come after it.
		if (preferences.chosenLanguage && connection.live) this.#saveLanguage(preferences.chosenLanguage);
	}

	/** What was chosen at the door holds inside, too. @param {import("../../model/base/protocol.js").Language} language */
	async #saveLanguage(language) {
		if (this.#isSaving) return;
		this.#isSaving = true;
		// Whatever keeps it from being known everywhere, it holds here, and is tried again.
		await this.update({ language }).catch(() => {});
		this.#isSaving = false;
	}

	/** Whoever is in gets the role; whoever is not enters with it. */
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
