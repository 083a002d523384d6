/** What a password may be, as far as the client can tell. */

import { codePoints } from "./names.js";

export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 256;

/**
 * @param {string} password a new one
 * @param {string} name whose it will be
 * @returns {"empty" | "short" | "long" | "name" | null}
 */
export function passwordFault(password, name) {
	const length = codePoints(password);
	if (length === 0) return "empty";
	if (length < MIN_PASSWORD_CHARS) return "short";
	if (length > MAX_PASSWORD_CHARS) return "long";
	return password.toLowerCase() === name.toLowerCase() ? "name" : null;
}
