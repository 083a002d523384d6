/** What somebody may say about themselves, as far as the client can tell. */

export const MAX_EMAIL_CHARS = 128;
export const MAX_GENDER_CHARS = 40;
export const MAX_PLACE_CHARS = 80;

/** One `@`, something before it, a dot after it. @param {string} email @returns {boolean} */
export const emailFault = (email) => email.length > MAX_EMAIL_CHARS || !/^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(email);

/** A day in the past. @param {string} date YYYY-MM-DD @param {number} [now] @returns {boolean} */
export function birthDateFault(date, now = Date.now()) {
	const at = Date.parse(`${date}T00:00:00Z`);
	return Number.isNaN(at) || date >= new Date(now).toISOString().slice(0, 10);
}
