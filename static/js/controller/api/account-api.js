import { Http } from "../net/http.js";
import { upload } from "../net/upload.js";

/** @typedef {import("../../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../../model/base/protocol.js").Device} Device */
/** @typedef {import("../../model/base/protocol.js").Me} Me */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/base/protocol.js").Token} Token */

/** Requests about the user's account and other users. Every failure is a Refusal. */
export class AccountApi {
	#request;
	#upload;

	/** @param {Pick<Http, "request">} [http] @param {typeof upload} [send] */
	constructor(http = new Http(), send = upload) {
		this.#request = http.request.bind(http);
		this.#upload = send;
	}

	/**
	 * Register, or sign in. With `create`, the password is for a new name.
	 * @param {{name: string, password?: string, create?: boolean, invitation?: string}} credentials
	 * @returns {Promise<Me>}
	 */
	signIn(credentials) {
		return this.#request("POST", "/api/session", credentials);
	}

	/** @returns {Promise<Me | null>} null without a session, which is no error: the browser's console lists errors */
	currentUser() {
		return this.#request("GET", "/api/session?optional=1");
	}

	/** @returns {Promise<void>} */
	signOut() {
		return this.#request("DELETE", "/api/session");
	}

	/** @param {Changes} changes @returns {Promise<Me>} */
	updateAccount(changes) {
		return this.#request("PATCH", "/api/me", changes);
	}

	/** @param {string} name the new nickname @returns {Promise<Me>} */
	rename(name) {
		return this.#request("PUT", "/api/me/name", { name });
	}

	/** @param {Blob} image @param {(part: number) => void} progress from 0 to 1 @returns {Promise<Me>} */
	setAvatar(image, progress) {
		return this.#upload("PUT", "/api/me/avatar", image, progress);
	}

	/** Restore the avatar that the server generates from the name. @returns {Promise<Me>} */
	resetAvatar() {
		return this.#request("DELETE", "/api/me/avatar");
	}

	/** @param {string} password @param {string} [current] the one it replaces @returns {Promise<Me>} */
	setPassword(password, current) {
		return this.#request("PUT", "/api/me/password", { password, current });
	}

	/** The user's sessions. @returns {Promise<Device[]>} */
	async devices() {
		return (await this.#request("GET", "/api/me/sessions")).sessions;
	}

	/** @param {string} id of a session of the user @returns {Promise<void>} */
	revokeSession(id) {
		return this.#request("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`);
	}

	/** The tokens of the user's programs. @returns {Promise<Token[]>} */
	async tokens() {
		return (await this.#request("GET", "/api/me/tokens")).tokens;
	}

	/**
	 * @param {string} name
	 * @param {number | null} days null: until it is revoked
	 * @param {string} [password] of the user, if there is one
	 * @returns {Promise<string>} the secret, which the server sends only once
	 */
	async createToken(name, days, password) {
		return (await this.#request("POST", "/api/me/tokens", { name, days, password })).secret;
	}

	/** @param {string} id @returns {Promise<void>} */
	revokeToken(id) {
		return this.#request("DELETE", `/api/me/tokens/${encodeURIComponent(id)}`);
	}

	/** @param {string} name @param {boolean} on @returns {Promise<Me>} */
	setIgnored(name, on) {
		return this.#request(on ? "PUT" : "DELETE", `/api/me/ignored/${encodeURIComponent(name)}`);
	}

	/** @returns {Promise<Person[]>} */
	async ignored() {
		return (await this.#request("GET", "/api/me/ignored")).persons;
	}

	/**
	 * Delete the account permanently.
	 * @param {{password?: string, messages: "keep" | "remove"}} how
	 * @returns {Promise<void>}
	 */
	deleteAccount(how) {
		return this.#request("DELETE", "/api/me", how);
	}

	/** Give the signed-in user the role of an invitation. @param {string} invitation @returns {Promise<Me>} */
	redeemInvitation(invitation) {
		return this.#request("PUT", "/api/me/invitation", { invitation });
	}

	/** @param {string[]} ids at most 100 @returns {Promise<Person[]>} without unknown ids */
	async persons(ids) {
		return (await this.#request("GET", `/api/persons?ids=${ids.map(encodeURIComponent).join(",")}`)).persons;
	}

	/** @param {string} prefix @returns {Promise<Person[]>} users whose names begin with the prefix */
	async findUsers(prefix) {
		return (await this.#request("GET", `/api/users?prefix=${encodeURIComponent(prefix)}&limit=8`)).persons;
	}
}
