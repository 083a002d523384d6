/** Links and names of channels in a text, and which texts are commands. */

import { channelId } from "./names.js";

/**
 * @typedef {{kind: "link", text: string, href: string}} LinkToken
 * @typedef {{kind: "channel", text: string, channel: string}} ChannelToken
 */

const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Punctuation that ends a sentence around a link rather than the link itself; `;` and `·` are Greek, too. */
const TRAILING = /[.,;:!?'"»”’·…*_~`]$/u;
const BRACKETS = [
	["(", ")"],
	["[", "]"],
	["{", "}"],
];

/** @param {string} text @param {string} character */
const count = (text, character) => text.split(character).length - 1;

/** @param {string} link @returns {boolean} */
function endsOutside(link) {
	if (TRAILING.test(link)) return true;
	return BRACKETS.some(
		([open, close]) => link.endsWith(String(close)) && count(link, String(close)) > count(link, String(open)),
	);
}

/** @param {string} candidate without spaces @returns {LinkToken | null} */
export function linkIn(candidate) {
	let link = candidate;
	while (link && endsOutside(link)) link = link.slice(0, -1);
	if (!URL.canParse(link)) return null;
	const url = new URL(link);
	if (!LINK_PROTOCOLS.has(url.protocol) || (url.protocol === "mailto:" && !url.pathname.includes("@"))) return null;
	return { kind: "link", text: link, href: url.href };
}

/** @param {string} candidate begins with `#` @returns {ChannelToken | null} */
export function channelIn(candidate) {
	const text = candidate.replace(/[.-]+$/, "");
	const channel = channelId(text.slice(1));
	return channel ? { kind: "channel", text, channel } : null;
}

/** Whether the server runs this text as a command; `//` begins an ordinary text. @param {string} text */
export const isCommand = (text) => text.startsWith("/") && !text.startsWith("//");
