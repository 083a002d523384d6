/** Being sent out: why, and until when. */

/** @typedef {import("./refusal.js").Refusal} Refusal */
/** @typedef {{reason: string, until: number | null}} Removal `until` is null for good */

/**
 * What a refusal tells of it. The reason, if there is one, stands behind the first colon with a space.
 * @param {Refusal} refusal
 * @param {number} [now]
 * @returns {Removal}
 */
export function removalFrom({ message, retryAfterS }, now = Date.now()) {
	const at = message.indexOf(": ");
	return {
		reason: at < 0 ? "" : message.slice(at + 2),
		until: retryAfterS === undefined ? null : now + retryAfterS * 1000,
	};
}
