/** What is derived from a single message: its quote, and whether it can be new to a user. */

/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {import("./protocol.js").Person} Person */
/** @typedef {import("./protocol.js").Quote} Quote */
/** A draft of another user, as it is shown. @typedef {{id: string, author: Person, position: number, text: string}} Ghost */
/** @typedef {Pick<import("./protocol.js").Me, "id" | "ignored">} Recipient somebody, and whom they ignore */

/** So much of a message is quoted; the server quotes as much. */
const MAX_QUOTE_CHARS = 160;

/** A message as an answer to it shows it. @param {Message} message @returns {Quote} */
export function quoteOf({ id, author, text, deleted }) {
	return { id, author, text: Array.from(text).slice(0, MAX_QUOTE_CHARS).join(""), deleted: Boolean(deleted) };
}

/** Before it is known who is here. @type {Recipient} */
export const ANONYMOUS = { id: "" };

/** Whether somebody hears a message. @param {Message} message @param {Recipient} hearer */
export const isVisibleTo = ({ author, deleted }, { ignored = [] }) => !deleted && !ignored.includes(author.id);

/** Whether a message that somebody has not read is news to them: the server counts the same. @param {Message} message @param {Recipient} hearer */
export const countsAsUnread = (message, hearer) => message.author.id !== hearer.id && isVisibleTo(message, hearer);
