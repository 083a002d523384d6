/** Recognizes links, channel names and commands in a text. */

import { channelId } from "../base/names.js";

/**
 * @typedef {{kind: "link", text: string, href: string, host?: string}} LinkToken `host` is set if it differs from
 *   the written one, because of look-alike letters for example
 * @typedef {{kind: "channel", text: string, channel: string}} ChannelToken
 */

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Punctuation that ends the sentence around a link, not the link; `;` and `·` are Greek punctuation. */
const TRAILING = /[.,;:!?'"»”’·…*_~`]$/u;
const BRACKETS = /** @type {const} */ ([
	["(", ")"],
	["[", "]"],
	["{", "}"],
]);

/** Invisible characters and those that change the writing direction: they can disguise a URL. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @param {string} text @param {string} character */
const count = (text, character) => text.split(character).length - 1;

/**
 * The candidate up to an invisible character, and without the punctuation of the sentence.
 * @param {string} candidate
 */
function trimmed(candidate) {
	const invisible = candidate.search(INVISIBLE);
	const link = invisible < 0 ? candidate : candidate.slice(0, invisible);
	/** Closing brackets without an opening one. @type {Map<string, number>} */
	const unopened = new Map(BRACKETS.map(([open, close]) => [close, count(link, close) - count(link, open)]));
	let end = link.length;
	for (; end > 0; end -= 1) {
		const last = link.charAt(end - 1);
		const surplus = unopened.get(last) ?? 0;
		if (surplus > 0) unopened.set(last, surplus - 1);
		else if (!TRAILING.test(last)) break;
	}
	return link.slice(0, end);
}

/**
 * @param {string} candidate without spaces
 * @returns {LinkToken | null} null if the URL contains a user name: that could look like another host
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
