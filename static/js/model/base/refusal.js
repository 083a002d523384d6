/** The error of a request: refused by the server, or not answered at all. */

/** The client's own error code: the server could not be reached. */
export const OFFLINE = "offline";

/**
 * Removed from a channel or banned; `until` is null for a permanent ban.
 * @typedef {{reason: string, until: number | null}} Removal
 */
/**
 * @typedef {{code: string, message: string, field?: string, retry_after?: number, reason?: string,
 *   limit?: number, conversation?: string}} Reason `limit` is the largest size that is accepted, in bytes
 */

export class Refusal extends Error {
	/** @param {Reason} reason */
	constructor(reason) {
		super(reason.message);
		this.code = reason.code;
		this.field = reason.field;
		this.retryAfterS = reason.retry_after;
		this.reason = reason.reason;
		this.limit = reason.limit;
		/** The conversation to use instead. */
		this.conversation = reason.conversation;
	}

	/** @param {unknown} error @returns {Refusal} */
	static from(error) {
		if (error instanceof Refusal) return error;
		return new Refusal({ code: "internal", message: String(error) });
	}

	static offline() {
		return new Refusal({ code: OFFLINE, message: "The server cannot be reached." });
	}

	/** Whether the server asks the client to retry later. */
	get postponed() {
		return this.code === "busy" || this.code === "too_many";
	}

	/** Whether the conversation of the request does not exist. */
	get isUnknownConversation() {
		return ["bad_conversation", "no_such_conversation", "similar_channel"].includes(this.code);
	}

	/** Whether the same request may succeed later: the server did not decide about it. */
	get passing() {
		return this.postponed || this.code === OFFLINE;
	}
}

/**
 * The removal that a refusal reports.
 * @param {Refusal} refusal
 * @param {number} [now]
 * @returns {Removal}
 */
export function removalFrom({ reason = "", retryAfterS }, now = Date.now()) {
	return { reason, until: retryAfterS === undefined ? null : now + retryAfterS * 1000 };
}
