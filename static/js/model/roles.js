/** Who may do what to whom. */

/** @typedef {import("./protocol.js").Role} Role */

/** @type {readonly Role[]} */
const RANKS = ["member", "moderator", "admin"];

/** Order is kept among those below one; not among equals. @param {Role} one @param {Role} other */
export const ranksAbove = (one, other) => RANKS.indexOf(one) > RANKS.indexOf(other);
