/** A row of the timeline: what `timeline/rows.js` builds, and what the renderers of this folder draw. */

/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../../model/conversation/conversation.js").LocalNotice} LocalNotice */
/** @typedef {import("../../model/base/messages.js").Ghost} Ghost */
/**
 * @typedef {{id: string, position: number, author: string, text: string | null}} OwnGhost `text` is null for the
 *   draft in this tab's composer
 */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} version changes when the row must be rendered again
 * @property {"day" | "message" | "entry" | "notice" | "ghost" | "own" | "crowd" | "new"} kind
 * @property {number} at
 * @property {number} [position]
 * @property {string} [author] an id; rows without one are not grouped
 * @property {boolean} begins a group of one author
 * @property {boolean} ends a group
 * @property {Message} [message]
 * @property {Entry} [entry]
 * @property {LocalNotice} [notice]
 * @property {Ghost} [ghost]
 * @property {OwnGhost} [own]
 * @property {Ghost[]} [crowd]
 */

export {};
