/** Delays before the next attempt: exponential backoff with jitter. All in milliseconds. */

export const BASE_PAUSE_MS = 500;
export const MAX_PAUSE_MS = 30_000;
export const SPREAD_MS = 5_000;

/**
 * Full jitter: a random delay up to a bound that doubles with each attempt.
 * @param {number} attempt 0 for the first
 * @param {() => number} random 0 to 1
 */
export function backoffMs(attempt, random) {
	return random() * Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** attempt);
}

/** A random delay after a restart of the server, which disconnects all clients at once. @param {() => number} random */
export const spreadMs = (random) => random() * SPREAD_MS;

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
