/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {import("./protocol.js").Quote} Quote */

/** So much of a message is quoted; the server quotes as much. */
const MAX_QUOTE_CHARS = 160;

/** A message as an answer to it shows it. @param {Message} message @returns {Quote} */
export function quoteOf({ id, author, text, deleted }) {
	return { id, author, text: Array.from(text).slice(0, MAX_QUOTE_CHARS).join(""), deleted: Boolean(deleted) };
}
