/** Checks of profile fields before they are sent; the server checks them again. */

export const MAX_EMAIL_CHARS = 128;
export const MAX_GENDER_CHARS = 40;
export const MAX_PLACE_CHARS = 80;

/**
 * Whether this is no e-mail address: one `@`, text before it, a dot after it.
 * @param {string} email
 * @returns {boolean}
 */
export const emailFault = (email) => email.length > MAX_EMAIL_CHARS || !/^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(email);

/** Whether this is no day in the past. @param {string} date YYYY-MM-DD @param {number} [now] @returns {boolean} */
export function birthDateFault(date, now = Date.now()) {
	const at = Date.parse(`${date}T00:00:00Z`);
	return Number.isNaN(at) || date >= new Date(now).toISOString().slice(0, 10);
}
