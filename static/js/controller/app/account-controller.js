import { Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../../model/base/protocol.js").Me} Me */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/account-api.js").AccountApi} AccountApi */

/** What somebody changes about themselves: asks the server, and lets the session know what came of it. */
export class AccountController {
	#world;
	#rest;
	#keeping = false;

	/** @param {World} world @param {AccountApi} rest */
	constructor(world, rest) {
		this.#world = world;
		this.#rest = rest;
		world.on("invited", () => this.#useInvitation());
		world.session.on("change", () => this.#useInvitation());
		// What is chosen for an account is remembered on its devices, for the next time the page is opened.
		world.session.on("me", () => world.session.me && this.#remember(world.session.me));
	}

	/** @param {Changes} changes */
	async change(changes) {
		const me = await this.#rest.changeMe(changes);
		if ("language" in changes) this.#world.preferences.languageKept();
		this.#learn(me);
	}

	/** @param {Blob} picture @param {(part: number) => void} progress from 0 to 1 */
	async setAvatar(picture, progress) {
		this.#learn(await this.#rest.setAvatar(picture, progress));
	}

	async dropAvatar() {
		this.#learn(await this.#rest.dropAvatar());
	}

	/** @param {string} password @param {string} [current] the one it replaces */
	async setPassword(password, current) {
		this.#learn(await this.#rest.setPassword(password, current));
	}

	devices() {
		return this.#rest.devices();
	}

	/** @param {string} id of a session of mine */
	signOut(id) {
		return this.#rest.signOut(id);
	}

	tokens() {
		return this.#rest.tokens();
	}

	/** @param {string} name @param {number | null} days null until it is revoked */
	makeToken(name, days) {
		return this.#rest.makeToken(name, days);
	}

	/** @param {string} id */
	dropToken(id) {
		return this.#rest.dropToken(id);
	}

	/** @param {string} name @param {boolean} on */
	async ignore(name, on) {
		this.#learn(await this.#rest.ignore(name, on));
	}

	async ignored() {
		const persons = await this.#rest.ignored();
		this.#world.persons.meet(persons);
		return persons;
	}

	/** @param {{password?: string, messages: "keep" | "remove"}} how */
	async remove(how) {
		await this.#rest.deleteMe(how);
		this.#world.session.leave("deleted");
	}

	/** @param {Me} me */
	#remember(me) {
		const { preferences, link } = this.#world;
		if (me.language === preferences.chosenLanguage) preferences.languageKept();
		preferences.adopt(me);
		// Not before the server has told who I am: that could be of before this, and come after it.
		if (preferences.chosenLanguage && link.live) this.#keepLanguage(preferences.chosenLanguage);
	}

	/** What was chosen at the door holds inside, too. @param {import("../../model/base/protocol.js").Language} language */
	async #keepLanguage(language) {
		if (this.#keeping) return;
		this.#keeping = true;
		// Whatever keeps it from being known everywhere, it holds here, and is tried again.
		await this.change({ language }).catch(() => {});
		this.#keeping = false;
	}

	/** Whoever is in gets the role; whoever is not enters with it. */
	async #useInvitation() {
		const { session, invitation } = this.#world;
		if (session.state !== "inside" || !invitation) return;
		this.#world.invitation = null;
		const before = session.me?.role;
		try {
			this.#learn(await this.#rest.useInvitation(invitation));
			const after = session.me?.role;
			if (after && after !== before) this.#world.emit("promoted", after);
		} catch (error) {
			this.#world.emit("refused", Refusal.from(error));
		}
	}

	/** @param {Me} me */
	#learn(me) {
		this.#world.session.learn(me);
	}
}
