/** Finds links and channel names in a text, and tells commands from messages. */

import { channelId } from "../base/names.js";

/**
 * @typedef {{kind: "link", text: string, href: string, host?: string}} LinkToken `host` where it is not the one that is
 *   written: letters that look like others
 * @typedef {{kind: "channel", text: string, channel: string}} ChannelToken
 */

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Punctuation that ends a sentence around a link rather than the link itself; `;` and `·` are Greek, too. */
const TRAILING = /[.,;:!?'"»”’·…*_~`]$/u;
const BRACKETS = /** @type {const} */ ([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);

/** Signs that are not seen, or turn around what is: nothing of the kind belongs to an address. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @param {string} text @param {string} character */
const count = (text, character) => text.split(character).length - 1;

/** Where a link ends that seems to go on: before what is not seen, and before what ends the sentence around it. @param {string} candidate */
function trimmed(candidate) {
	const unseen = candidate.search(UNSEEN);
	const link = unseen < 0 ? candidate : candidate.slice(0, unseen);
	/** @type {Map<string, number>} How many of each are closed that were not opened. */
	const extra = new Map(BRACKETS.map(([open, close]) => [close, count(link, close) - count(link, open)]));
	let end = link.length;
	for (; end > 0; end -= 1) {
		const last = link.charAt(end - 1);
		const unopened = extra.get(last) ?? 0;
		if (unopened > 0) extra.set(last, unopened - 1);
		else if (!TRAILING.test(last)) break;
	}
	return link.slice(0, end);
}

/**
 * @param {string} candidate without spaces
 * @returns {LinkToken | null} none for what shows another name before the one it leads to
 */
export function linkIn(candidate) {
	const link = trimmed(candidate);
	if (!URL.canParse(link)) return null;
	const url = new URL(link);
	if (!LINK_PROTOCOLS.has(url.protocol) || (url.protocol === "mailto:" && !url.pathname.includes("@"))) return null;
	if (url.username || url.password) return null;
	const isPlain = !url.host || link.toLowerCase().startsWith(`${url.protocol}//${url.host}`);
	return { kind: "link", text: link, href: url.href, ...(!isPlain && { host: url.host }) };
}

/** @param {string} candidate begins with `#` @returns {ChannelToken | null} */
export function channelIn(candidate) {
	const text = candidate.replace(/[.-]+$/, "");
	const channel = channelId(text.slice(1));
	return channel ? { kind: "channel", text, channel } : null;
}

/** Whether the server runs this text as a command; `//` begins an ordinary text. @param {string} text */
export const isCommand = (text) => text.startsWith("/") && !text.startsWith("//");
