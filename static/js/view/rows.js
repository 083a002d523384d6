/** What stands in the timeline, line by line: days, messages, what waits, what only I see. No nodes here. */

import { midnight } from "./dates.js";

/** @typedef {import("../model/protocol.js").Message} Message */
/** @typedef {import("../model/outbox.js").Entry} Entry */
/** @typedef {import("../model/conversation.js").PrivateLine} PrivateLine */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {string} version changes when the row has to be drawn anew
 * @property {"day" | "message" | "entry" | "line"} kind
 * @property {number} at
 * @property {string} [author] an id; rows without one belong to nobody's group
 * @property {boolean} begins a group of one author
 * @property {boolean} ends a group
 * @property {Message} [message]
 * @property {Entry} [entry]
 * @property {PrivateLine} [line]
 */

/** One author's messages that follow each other within this time stand together. */
const GROUP_MS = 5 * 60_000;

/**
 * @param {object} contents
 * @param {readonly Message[]} contents.messages by rising position
 * @param {Entry[]} contents.entries in order
 * @param {readonly PrivateLine[]} contents.lines
 * @param {(id: string) => boolean} [contents.startsPage] a group begins there, too: what stands at the top of the
 *   screen keeps its look when older messages come above it
 * @returns {Row[]}
 */
export function buildRows({ messages, entries, lines, startsPage = () => false }) {
	const known = new Set(messages.map((message) => message.id));
	const rows = [
		...withLines(messages.map(messageRow), lines),
		...entries.filter((entry) => !known.has(entry.id)).map(entryRow),
	];
	return grouped(withDays(rows), startsPage);
}

/** @param {Message} message @returns {Row} */
function messageRow(message) {
	const { id, seq, sent, author, kind } = message;
	const own = kind === "action" ? {} : { author: author.id };
	return { key: id, version: `m${seq}`, kind: "message", at: sent, begins: true, ends: true, message, ...own };
}

/** @param {Entry} entry @returns {Row} */
function entryRow(entry) {
	const { id, user, created, refused } = entry;
	const version = `e${refused?.code ?? ""}`;
	return { key: id, version, kind: "entry", at: created, begins: true, ends: true, entry, author: user };
}

/** @param {Row[]} rows @param {readonly PrivateLine[]} lines */
function withLines(rows, lines) {
	if (lines.length === 0) return rows;
	const left = [...lines];
	/** @type {Row[]} */
	const merged = [];
	for (const row of rows) {
		while (left[0] && left[0].position < Number(row.message?.position)) merged.push(lineRow(left.shift()));
		merged.push(row);
	}
	return [...merged, ...left.map(lineRow)];
}

/** @param {PrivateLine | undefined} line @returns {Row} */
function lineRow(line) {
	return {
		key: line?.key ?? "",
		version: "l",
		kind: "line",
		at: line?.at ?? 0,
		begins: true,
		ends: true,
		...(line && { line }),
	};
}

/** @param {Row[]} rows @returns {Row[]} */
function withDays(rows) {
	/** @type {Row[]} */
	const all = [];
	let day = Number.NaN;
	for (const row of rows) {
		// Someone who began to write before midnight may stand below: a day is announced once.
		const own = midnight(row.at);
		if (!(own <= day)) {
			day = own;
			all.push({ key: `day-${own}`, version: "d", kind: "day", at: own, begins: true, ends: true });
		}
		all.push(row);
	}
	return all;
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
