/** Builds the rows of the timeline: days, messages, outbox entries, ghosts and local notices. No nodes here. */

import { midnight } from "../format/dates.js";

/** @typedef {import("../../model/base/messages.js").Ghost} Ghost */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/conversation/conversation.js").LocalNotice} LocalNotice */
/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../message/row.js").OwnGhost} OwnGhost */
/** @typedef {import("../message/row.js").Row} Row */

/** The key of the divider above the first unread message. */
export const DIVIDER = "new";

/** Consecutive messages of one author within this time form a group. */
const GROUP_MS = 5 * 60_000;

/** How many ghosts have a line of their own: as many as the server sends with letters. */
const MAX_GHOSTS = 5;

/**
 * @param {object} contents
 * @param {readonly Message[]} contents.messages by rising position
 * @param {Entry[]} contents.entries in order
 * @param {readonly LocalNotice[]} contents.notices
 * @param {readonly Ghost[]} [contents.ghosts] by rising position
 * @param {OwnGhost | null} [contents.own]
 * @param {(id: string) => number | undefined} [contents.placeOf] the position of an entry, if it is known
 * @param {(position: number) => boolean} [contents.reaches] whether a position is loaded; other ghosts are not shown
 * @param {number} [contents.now]
 * @param {(id: string) => boolean} [contents.startsPage] whether a loaded page begins with this message. A group begins
 *   there too, so that the lines at the top stay the same when older messages are added above
 * @param {string | null} [contents.newFrom] the id of the first unread message
 * @returns {Row[]}
 */
export function buildRows(contents) {
	const { messages, entries, notices, ghosts = [], own = null, placeOf = () => undefined } = contents;
	const { reaches = () => true, now = Date.now(), startsPage = () => false, newFrom = null } = contents;
	const known = new Set(messages.map((message) => message.id));
	const waiting = entries.filter((entry) => !known.has(entry.id)).map((entry) => entryRow(entry, placeOf(entry.id)));
	for (const { key } of waiting) known.add(key);
	const typing = ghosts.filter(({ id, position }) => !known.has(id) && reaches(position));
	const crowd = crowdOf(typing);
	const placed = [
		...messages.map(messageRow),
		...waiting.filter(({ position }) => position !== undefined),
		...typing.filter((ghost) => !crowd.includes(ghost)).map((ghost) => ghostRow(ghost, now)),
		...(own && !known.has(own.id) && reaches(own.position) ? [ownRow(own, now)] : []),
	];
	if (placed.length > messages.length) placed.sort((a, b) => Number(a.position) - Number(b.position));
	const rows = [...withNotices(placed, notices), ...waiting.filter(({ position }) => position === undefined)];
	if (crowd.length > 0) rows.push(crowdRow(crowd, now));
	return grouped(withDivider(withDays(rows), newFrom), startsPage);
}

/**
 * Those who type without letters share one line, unless it is only one user.
 * @param {Ghost[]} typing
 * @returns {Ghost[]}
 */
function crowdOf(typing) {
	const silent = typing.filter(({ text }) => text === "");
	return silent.length > 1 || typing.length > MAX_GHOSTS ? silent : [];
}

/** How many users type with letters: the more, the lower are their ghosts. @param {readonly Row[]} rows */
export const countLetters = (rows) => rows.filter(({ ghost }) => ghost?.text).length;

/** @param {Message} message @returns {Row} */
function messageRow(message) {
	const { id, seq, sent, author, kind, position } = message;
	const grouping = kind === "action" ? {} : { author: author.id };
	return {
		key: id,
		version: `m${seq}`,
		kind: "message",
		at: sent,
		begins: true,
		ends: true,
		message,
		position,
		...grouping,
	};
}

/** @param {Entry} entry @param {number | undefined} position @returns {Row} */
function entryRow(entry, position) {
	const { id, user, created, refused } = entry;
	const version = `e${refused?.code ?? ""}`;
	const place = position === undefined ? {} : { position };
	return { key: id, version, kind: "entry", at: created, begins: true, ends: true, entry, author: user, ...place };
}

/**
 * Placed like a message that is sent now, so that nothing moves when the message comes.
 * @param {Ghost} ghost
 * @param {number} now
 * @returns {Row}
 */
function ghostRow(ghost, now) {
	const { id, position, author } = ghost;
	return {
		key: id,
		version: "g",
		kind: "ghost",
		at: now,
		begins: true,
		ends: true,
		ghost,
		position,
		author: author.id,
	};
}

/** @param {OwnGhost} own @param {number} now @returns {Row} */
function ownRow(own, now) {
	const { id, position, author, text } = own;
	const version = text === null ? "o" : "o-elsewhere";
	return { key: id, version, kind: "own", at: now, begins: true, ends: true, own, position, author };
}

/** @param {Ghost[]} crowd @param {number} now @returns {Row} */
function crowdRow(crowd, now) {
	return { key: "crowd", version: "c", kind: "crowd", at: now, begins: true, ends: true, crowd };
}

/** @param {Row[]} rows @param {readonly LocalNotice[]} notices */
function withNotices(rows, notices) {
	if (notices.length === 0) return rows;
	const left = [...notices];
	/** @type {Row[]} */
	const merged = [];
	for (const row of rows) {
		while (left[0] && left[0].position < Number(row.position)) merged.push(noticeRow(left.shift()));
		merged.push(row);
	}
	return [...merged, ...left.map(noticeRow)];
}

/** @param {LocalNotice | undefined} notice @returns {Row} */
function noticeRow(notice) {
	return {
		key: notice?.key ?? "",
		version: "l",
		kind: "notice",
		at: notice?.at ?? 0,
		begins: true,
		ends: true,
		...(notice && { notice }),
	};
}

/** @param {Row[]} rows @returns {Row[]} */
function withDays(rows) {
	/** @type {Row[]} */
	const all = [];
	let day = Number.NaN;
	for (const row of rows) {
		// Rows are ordered by the start of typing, so a row of the day before may follow. Each day is shown once.
		const rowDay = midnight(row.at);
		if (!(rowDay <= day)) {
			day = rowDay;
			all.push({ key: `day-${day}`, version: "d", kind: "day", at: day, begins: true, ends: true });
		}
		all.push(row);
	}
	return all;
}

/** @param {Row[]} rows @param {string | null} newFrom @returns {Row[]} */
function withDivider(rows, newFrom) {
	const index = newFrom === null ? -1 : rows.findIndex(({ key }) => key === newFrom);
	if (index < 0) return rows;
	/** @type {Row} */
	const divider = { key: DIVIDER, version: "n", kind: "new", at: 0, begins: true, ends: true };
	return [...rows.slice(0, index), divider, ...rows.slice(index)];
}

/** @param {Row[]} rows @param {(id: string) => boolean} startsPage */
function grouped(rows, startsPage) {
	for (let index = 1; index < rows.length; index += 1) {
		const [above, below] = [rows[index - 1], rows[index]];
		if (!above || !below?.author || above.author !== below.author) continue;
		if (Math.abs(below.at - above.at) > GROUP_MS || startsPage(below.key)) continue;
		above.ends = below.begins = false;
	}
	return rows;
}
