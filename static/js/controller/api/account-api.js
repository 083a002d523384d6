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
	 * With `create`, the password is for a new name.
	 * @param {{name: string, password?: string, create?: boolean, invitation?: string}} entry
	 * @returns {Promise<Me>}
	 */
	signIn(entry) {
		return this.#request("POST", "/api/session", entry);
	}

	/** @returns {Promise<Me>} */
	currentUser() {
		return this.#request("GET", "/api/session");
	}

	/** @returns {Promise<void>} */
	signOut() {
		return this.#request("DELETE", "/api/session");
	}

	/** @param {Changes} changes @returns {Promise<Me>} */
	updateAccount(changes) {
		return this.#request("PATCH", "/api/me", changes);
	}

	/** @param {Blob} picture @param {(part: number) => void} progress from 0 to 1 @returns {Promise<Me>} */
	setAvatar(picture, progress) {
		return this.#upload("PUT", "/api/me/avatar", picture, progress);
	}

	/** Back to the one that is made from the name. @returns {Promise<Me>} */
	resetAvatar() {
		return this.#request("DELETE", "/api/me/avatar");
	}

	/** @param {string} password @param {string} [current] the one it replaces @returns {Promise<Me>} */
	setPassword(password, current) {
		return this.#request("PUT", "/api/me/password", { password, current });
	}

	/** Where I am signed in. @returns {Promise<Device[]>} */
	async devices() {
		return (await this.#request("GET", "/api/me/sessions")).sessions;
	}

	/** @param {string} id of a session of mine @returns {Promise<void>} */
	revokeSession(id) {
		return this.#request("DELETE", `/api/me/sessions/${encodeURIComponent(id)}`);
	}

	/** Of my programs. @returns {Promise<Token[]>} */
	async tokens() {
		return (await this.#request("GET", "/api/me/tokens")).tokens;
	}

	/** @param {string} name @param {number | null} days null until it is revoked @returns {Promise<string>} the secret, told this once */
	async createToken(name, days) {
		return (await this.#request("POST", "/api/me/tokens", { name, days })).secret;
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

	/** For good. @param {{password?: string, messages: "keep" | "remove"}} how @returns {Promise<void>} */
	deleteAccount(how) {
		return this.#request("DELETE", "/api/me", how);
	}

	/** For somebody who is in: get the role of an invitation. @param {string} invitation @returns {Promise<Me>} */
	redeemInvitation(invitation) {
		return this.#request("PUT", "/api/me/invitation", { invitation });
	}

	/** @param {string[]} ids at most 100 @returns {Promise<Person[]>} those who are known */
	async persons(ids) {
		return (await this.#request("GET", `/api/persons?ids=${ids.map(encodeURIComponent).join(",")}`)).persons;
	}

	/** @param {string} prefix @returns {Promise<import("../../model/base/protocol.js").Person[]>} those whose names begin so */
	async findUsers(prefix) {
		return (await this.#request("GET", `/api/users?prefix=${encodeURIComponent(prefix)}&limit=8`)).persons;
	}
}
