import { Http } from "../net/http.js";

/** @typedef {import("../../model/base/protocol.js").Act} Act */
/** @typedef {import("../../model/base/protocol.js").Ban} Ban */
/** @typedef {import("../../model/base/protocol.js").Card} Card */
/** @typedef {import("../../model/base/protocol.js").Invitation} Invitation */
/** @typedef {import("../../model/base/protocol.js").Registration} Registration */
/** @typedef {import("../../model/base/protocol.js").Role} Role */

const PAGE_ACTS = 50;

/** @param {string} name @param {string} [path] */
const userUrl = (name, path = "") => `/api/users/${encodeURIComponent(name)}${path}`;

/** Requests about registration, other users' cards and moderation. Every failure is a Refusal. */
export class ModerationApi {
	#request;

	/** @param {Pick<Http, "request">} [http] */
	constructor(http = new Http()) {
		this.#request = http.request.bind(http);
	}

	/** What is needed to register. @param {string | null} invitation a token @returns {Promise<Registration>} */
	registration(invitation) {
		// The token is sent in a body because proxies log URLs.
		return invitation
			? this.#request("POST", "/api/registration", { invitation })
			: this.#request("GET", "/api/registration");
	}

	/** The public profile of a user. @param {string} name @returns {Promise<Card>} */
	card(name) {
		return this.#request("GET", userUrl(name));
	}

	/** @param {string} name @param {Role} role @returns {Promise<Card>} */
	setRole(name, role) {
		return this.#request("PATCH", userUrl(name), { role });
	}

	/** @param {string} name @param {{minutes: number, reason: string}} how @returns {Promise<Card>} */
	mute(name, how) {
		return this.#request("POST", userUrl(name, "/mute"), how);
	}

	/** @param {string} name @returns {Promise<Card>} */
	unmute(name) {
		return this.#request("DELETE", userUrl(name, "/mute"));
	}

	/** @param {string} name @param {{conversation: string, reason: string}} how @returns {Promise<Card>} */
	kick(name, how) {
		return this.#request("POST", userUrl(name, "/kick"), how);
	}

	/**
	 * @param {string} name
	 * @param {{days: number | null, reason: string, address: boolean}} how
	 * @returns {Promise<Card>}
	 */
	ban(name, how) {
		return this.#request("POST", userUrl(name, "/ban"), how);
	}

	/** @param {string} name @returns {Promise<Card | null>} null if no user has the name any more */
	unban(name) {
		return this.#request("DELETE", userUrl(name, "/ban"));
	}

	/** All bans, the newest first. @returns {Promise<Ban[]>} */
	async bans() {
		return (await this.#request("GET", "/api/bans")).bans;
	}

	/**
	 * A page of the audit log, the newest entry first.
	 * @param {string} [before] the id of an act
	 * @returns {Promise<{acts: Act[], more: boolean}>}
	 */
	auditLog(before) {
		const older = before ? `before=${encodeURIComponent(before)}&` : "";
		return this.#request("GET", `/api/audit?${older}limit=${PAGE_ACTS}`);
	}

	/** @returns {Promise<Invitation[]>} those that can still be used */
	async invitations() {
		return (await this.#request("GET", "/api/invitations")).invitations;
	}

	/**
	 * @param {{uses: number, days: number, role: Role}} how
	 * @returns {Promise<Invitation>} with the link, which the server sends only once
	 */
	createInvitation(how) {
		return this.#request("POST", "/api/invitations", how);
	}

	/** @param {string} id @returns {Promise<void>} */
	revokeInvitation(id) {
		return this.#request("DELETE", `/api/invitations/${encodeURIComponent(id)}`);
	}
}
