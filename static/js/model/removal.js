/** Being sent out: why, and until when. */

/** @typedef {import("./refusal.js").Refusal} Refusal */
/** @typedef {{reason: string, until: number | null}} Removal `until` is null for good */

/**
 * What a refusal tells of it.
 * @param {Refusal} refusal
 * @param {number} [now]
 * @returns {Removal}
 */
export function removalFrom({ reason = "", retryAfterS }, now = Date.now()) {
	return { reason, until: retryAfterS === undefined ? null : now + retryAfterS * 1000 };
}
