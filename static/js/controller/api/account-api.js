import { Http } from "../net/http.js";
import { upload } from "../net/upload.js";

/** @typedef {import("../../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../../model/base/protocol.js").Device} Device */
/** @typedef {import("../../model/base/protocol.js").Me} Me */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/base/protocol.js").Token} Token */

/** What is asked about oneself and other people. Every failure is a Refusal. */
export class AccountApi {
	#ask;
	#upload;

	/** @param {Pick<Http, "ask">} [http] @param {typeof upload} [send] */
	constructor(http = new Http(), send = upload) {
		this.#ask = http.ask.bind(http);
		this.#upload = send;
	}

	/**
	 * With `create`, the password is for a new name.
	 * @param {{name: string, password?: string, create?: boolean, invitation?: string}} entry
	 * @returns {Promise<Me>}
	 */
	enter(entry) {
		return this.#ask("POST", "/api/session", entry);
	}

	/** @returns {Promise<Me>} */
	whoAmI() {
		return this.#ask("GET", "/api/session");
	}

	/** @returns {Promise<void>} */
	leave() {
		return this.#ask("DELETE", "/api/session");
	}

	/** @param {Changes} changes @returns {Promise<Me>} */
	changeMe(changes) {
		return this.#ask("PATCH", "/api/me", changes);
	}

	/** @param {Blob} picture @param {(part: number) => void} progress from 0 to 1 @returns {Promise<Me>} */
	setAvatar(picture, progress) {
		return this.#upload("PUT", "/api/me/avatar", picture, progress);
	}

	/** Back to the one that is made from the name. @returns {Promise<Me>} */
	dropAvatar() {
		return this.#ask("DELETE", "/api/me/avatar");
	}

	/** @param {string} password @param {string} [current] the one it replaces @returns {Promise<Me>} */
	setPassword(password, current) {
		return this.#ask("PUT", "/api/me/password", { password, current });
	}

	/** Where I am signed in. @returns {Promise<Device[]>} */
	async devices() {
		return (await this.#ask("GET", "/api/me/sessions")).sessions;
	}

	/** @param {string} id of a session of mine @returns {Promise<void>} */
	signOut(id) {
		return this.#ask("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`);
	}

	/** Of my programs. @returns {Promise<Token[]>} */
	async tokens() {
		return (await this.#ask("GET", "/api/me/tokens")).tokens;
	}

	/** @param {string} name @param {number | null} days null until it is revoked @returns {Promise<string>} the secret, told this once */
	async makeToken(name, days) {
		return (await this.#ask("POST", "/api/me/tokens", { name, days })).secret;
	}

	/** @param {string} id @returns {Promise<void>} */
	dropToken(id) {
		return this.#ask("DELETE", `/api/me/tokens/${encodeURIComponent(id)}`);
	}

	/** @param {string} name @param {boolean} on @returns {Promise<Me>} */
	ignore(name, on) {
		return this.#ask(on ? "PUT" : "DELETE", `/api/me/ignored/${encodeURIComponent(name)}`);
	}

	/** @returns {Promise<Person[]>} */
	async ignored() {
		return (await this.#ask("GET", "/api/me/ignored")).persons;
	}

	/** For good. @param {{password?: string, messages: "keep" | "remove"}} how @returns {Promise<void>} */
	deleteMe(how) {
		return this.#ask("DELETE", "/api/me", how);
	}

	/** For somebody who is in: get the role of an invitation. @param {string} invitation @returns {Promise<Me>} */
	useInvitation(invitation) {
		return this.#ask("PUT", "/api/me/invitation", { invitation });
	}

	/** @param {string[]} ids at most 100 @returns {Promise<Person[]>} those who are known */
	async persons(ids) {
		return (await this.#ask("GET", `/api/persons?ids=${ids.map(encodeURIComponent).join(",")}`)).persons;
	}

	/** @param {string} prefix @returns {Promise<import("../../model/base/protocol.js").Person[]>} those whose names begin so */
	async findPeople(prefix) {
		return (await this.#ask("GET", `/api/users?prefix=${encodeURIComponent(prefix)}&limit=8`)).persons;
	}
}
