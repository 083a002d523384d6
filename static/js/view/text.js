import { pathOf } from "../model/names.js";
import { tokenize } from "../model/text.js";
import { element } from "./elements.js";

/** @typedef {import("../model/text.js").Token} Token */

/**
 * A message's text as nodes.
 * @param {string} text
 * @param {(channel: string) => void} go to a channel that is named in the text
 * @returns {(Node | string)[]}
 */
export function textNodes(text, go) {
	return tokenize(text).map((token) => {
		if (token.kind === "link") return outsideLink(token.text, token.href);
		if (token.kind === "channel") return channelLink(token.text, token.channel, go);
		return token.text;
	});
}

/** @param {string} text @param {string} href */
function outsideLink(text, href) {
	return element("a", { href, target: "_blank", rel: "noopener nofollow noreferrer" }, text);
}

/** @param {string} text @param {string} channel @param {(channel: string) => void} go */
function channelLink(text, channel, go) {
	const link = element("a", { href: pathOf(channel), class: "channel-link" }, text);
	link.addEventListener("click", (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		go(channel);
	});
	return link;
}
