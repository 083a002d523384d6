/** What follows from a single message: its quote, and whether it counts as unread for a user. */

/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {import("./protocol.js").Person} Person */
/** @typedef {import("./protocol.js").Quote} Quote */
/**
 * A draft of another user, for display.
 * @typedef {{id: string, author: Person, position: number, text: string}} Ghost
 */
/** @typedef {Pick<import("./protocol.js").Me, "id" | "ignored">} Recipient a user with their ignore list */

/** The length of a quote. The server cuts quotes at the same length. */
const MAX_QUOTE_CHARS = 160;

/** The quote that a reply shows of a message. @param {Message} message @returns {Quote} */
export function quoteOf({ id, author, text, deleted }) {
	return { id, author, text: Array.from(text).slice(0, MAX_QUOTE_CHARS).join(""), deleted: Boolean(deleted) };
}

/** The recipient before sign-in. @type {Recipient} */
export const ANONYMOUS = { id: "" };

/** Whether a user sees a message. @param {Message} message @param {Recipient} recipient */
export const isVisibleTo = ({ author, deleted }, { ignored = [] }) => !deleted && !ignored.includes(author.id);

/**
 * Whether a message that a user has not read counts as unread. The server counts by the same rule.
 * @param {Message} message
 * @param {Recipient} recipient
 */
export const countsAsUnread = (message, recipient) =>
	message.author.id !== recipient.id && isVisibleTo(message, recipient);
