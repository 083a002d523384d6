/** Recognizes links, channel names and commands in a text. */

import { channelId } from "../base/names.js";
import { isVisible } from "./clean.js";

/**
 * @typedef {{kind: "link", text: string, href: string, host?: string, named?: true}} LinkToken `host` is set if it differs from
 *   the written one, because of look-alike letters for example, and if the link has a text of its own (`named`)
 * @typedef {{kind: "channel", text: string, channel: string}} ChannelToken
 */

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Punctuation that ends the sentence around a link, not the link; `;` and `·` are Greek punctuation. */
const TRAILING = new Set(".,;:!?'\"»”’·…*_~`");
const BRACKETS = /** @type {const} */ ([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);

/** @param {string} text @param {string} character */
const count = (text, character) => text.split(character).length - 1;

/** An address without the punctuation of the sentence around it. @param {string} link */
function trimmed(link) {
	/** Closing brackets without an opening one. @type {Map<string, number>} */
	const unopened = new Map(BRACKETS.map(([open, close]) => [close, count(link, close) - count(link, open)]));
	let end = link.length;
	for (; end > 0; end -= 1) {
		const last = link.charAt(end - 1);
		const surplus = unopened.get(last) ?? 0;
		if (surplus > 0) unopened.set(last, surplus - 1);
		else if (!TRAILING.has(last)) break;
	}
	return link.slice(0, end);
}

/**
 * @param {string} candidate without spaces
 * @returns {LinkToken | {kind: "text", text: string}} text if the URL contains a user name: that could look like another
 *   host
 */
export function linkIn(candidate) {
	const link = trimmed(candidate);
	const text = /** @type {const} */ ({ kind: "text", text: link });
	if (!URL.canParse(link)) return text;
	const url = new URL(link);
	if (!LINK_PROTOCOLS.has(url.protocol) || (url.protocol === "mailto:" && !url.pathname.includes("@"))) return text;
	if (url.username || url.password) return text;
	const isPlain = !url.host || link.toLowerCase().startsWith(`${url.protocol}//${url.host}`);
	return { kind: "link", text: link, href: url.href, ...(!isPlain && { host: url.host }) };
}

/** What can be taken for an address, a user or a command: something with a dot, a scheme, a path. */
const ADDRESS_LIKE = /[\p{L}\p{N}_-][.．。｡․][\p{L}\p{N}]|[:：][/⁄∕／]|[@＠]|www/iu;
/** Characters that are not seen, or change the direction of writing. */
const DISGUISE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * A link with a text of its own.
 * @param {string} text
 * @param {string} address
 * @returns {LinkToken | null} null if the text could be taken for another address, or is not visible
 */
export function namedLinkIn(text, address) {
	if (!isVisible(text) || text.trim() !== text || ADDRESS_LIKE.test(text) || DISGUISE.test(text)) return null;
	const link = linkIn(address);
	if (link.kind !== "link" || link.text !== address || !/^https?:/i.test(link.href)) return null;
	return { kind: "link", text, href: link.href, host: new URL(link.href).host, named: true };
}

/** @param {string} candidate begins with `#` @returns {ChannelToken | null} */
export function channelIn(candidate) {
	let end = candidate.length;
	while (/[.-]/.test(candidate.charAt(end - 1))) end -= 1;
	const text = candidate.slice(0, end);
	const channel = channelId(text.slice(1));
	return channel ? { kind: "channel", text, channel } : null;
}

/** Whether the server runs this text as a command; `//` begins an ordinary text. @param {string} text */
export const isCommand = (text) => text.startsWith("/") && !text.startsWith("//");
