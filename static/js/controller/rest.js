import { Http } from "./http.js";

/** @typedef {import("../model/protocol.js").Device} Device */
/** @typedef {import("../model/protocol.js").Me} Me */

/** What is asked about oneself and other people. Every failure is a Refusal. */
export class Rest {
	#ask;

	/** @param {Pick<Http, "ask">} [http] */
	constructor(http = new Http()) {
		this.#ask = http.ask.bind(http);
	}

	/** @param {string} name @param {string} [password] of somebody who has this name already @returns {Promise<Me>} */
	enter(name, password) {
		return this.#ask("POST", "/api/session", { name, password });
	}

	/** @returns {Promise<Me>} */
	whoAmI() {
		return this.#ask("GET", "/api/session");
	}

	/** @returns {Promise<void>} */
	leave() {
		return this.#ask("DELETE", "/api/session");
	}

	/** @param {Partial<import("../model/protocol.js").TypingChoices>} choices @returns {Promise<Me>} */
	changeMe(choices) {
		return this.#ask("PATCH", "/api/me", choices);
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

	/** @param {string[]} ids at most 100 @returns {Promise<import("../model/protocol.js").Person[]>} those who are known */
	async persons(ids) {
		return (await this.#ask("GET", `/api/persons?ids=${ids.map(encodeURIComponent).join(",")}`)).persons;
	}

	/** @param {string} prefix @returns {Promise<import("../model/protocol.js").Person[]>} those whose names begin so */
	async findPeople(prefix) {
		return (await this.#ask("GET", `/api/users?prefix=${encodeURIComponent(prefix)}&limit=8`)).persons;
	}
}
