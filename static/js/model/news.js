/** What can be new to somebody at all; whether it is depends on how far they have read. */

/** @typedef {import("./protocol.js").Message} Message */
/** @typedef {Pick<import("./protocol.js").Me, "id" | "ignored">} Hearer somebody, and whom they ignore */

/** Before it is known who is here. @type {Hearer} */
export const NOBODY = { id: "" };

/** Whether somebody hears a message. @param {Message} message @param {Hearer} hearer */
export const isHeard = ({ author, deleted }, { ignored = [] }) => !deleted && !ignored.includes(author.id);

/** Whether a message that somebody has not read is news to them: the server counts the same. @param {Message} message @param {Hearer} hearer */
export const isNews = (message, hearer) => message.author.id !== hearer.id && isHeard(message, hearer);
