/** What is in a message's text: plain text, links, names of channels. Knows nothing of nodes. */

import { channelId } from "./names.js";

/**
 * @typedef {{kind: "text", text: string}} TextToken
 * @typedef {{kind: "link", text: string, href: string}} LinkToken
 * @typedef {{kind: "channel", text: string, channel: string}} ChannelToken
 * @typedef {TextToken | LinkToken | ChannelToken} Token
 */

const CANDIDATE = /(?<![\p{L}\p{N}_])(?:(?:https?:\/\/|mailto:)[^\s<>"]+|#[a-z0-9_.-]+(?![\p{L}\p{N}\p{M}]))/giu;
const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Punctuation that ends a sentence around a link rather than the link itself; `;` and `·` are Greek, too. */
const TRAILING = /[.,;:!?'"»”’·…]$/u;
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

/** @param {string} candidate @returns {Token | null} */
function linkIn(candidate) {
	let link = candidate;
	while (link && endsOutside(link)) link = link.slice(0, -1);
	if (!URL.canParse(link)) return null;
	const url = new URL(link);
	if (!LINK_PROTOCOLS.has(url.protocol) || (url.protocol === "mailto:" && !url.pathname.includes("@"))) return null;
	return { kind: "link", text: link, href: url.href };
}

/** @param {string} candidate @returns {Token | null} */
function channelIn(candidate) {
	const text = candidate.replace(/[.-]+$/, "");
	const channel = channelId(text.slice(1));
	return channel ? { kind: "channel", text, channel } : null;
}

/**
 * The same text in pieces; joined together they give exactly the text.
 * @param {string} text
 * @returns {Token[]}
 */
export function tokenize(text) {
	/** @type {Token[]} */
	const tokens = [];
	let done = 0;
	for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
		const token = candidate.startsWith("#") ? channelIn(candidate) : linkIn(candidate);
		if (!token) continue;
		if (index > done) tokens.push({ kind: "text", text: text.slice(done, index) });
		tokens.push(token);
		done = index + token.text.length;
	}
	if (done < text.length) tokens.push({ kind: "text", text: text.slice(done) });
	return tokens;
}

/** Whether the server runs this text as a command; `//` begins an ordinary text. @param {string} text */
export const isCommand = (text) => text.startsWith("/") && !text.startsWith("//");
