import { pathOf } from "../../model/base/names.js";
import { beginningOf } from "../../model/text/code-colours.js";
import { cardAttributes } from "../format/person-label.js";
import { CopyButton } from "../ui/clipboard.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../../model/text/markup.js").Part} Part */
/** @typedef {import("../../model/text/markup.js").List} List */
/** @typedef {import("../../model/text/markup.js").CodeBlock} CodeBlock */
/** @typedef {import("../../model/text/parts.js").MentionLeaf} MentionLeaf */
/** @typedef {import("../../model/text/parts.js").EmojiLeaf} EmojiLeaf */
/** @typedef {import("../format/i18n.js").I18n} I18n */

const SPANS = /** @type {const} */ ({ strong: "strong", emphasis: "em", struck: "del", quote: "blockquote" });

/**
 * Renders a parsed text. Markup characters stay in the page, hidden: the text content of a node is exactly what the
 * author wrote.
 */
export class TextRenderer {
	#i18n;
	#openChannel;
	#me;

	/**
	 * @param {I18n} i18n
	 * @param {(channel: string) => void} openChannel opens a channel that is named in a text
	 * @param {() => string | undefined} me the id of the user, whose mentions are highlighted
	 */
	constructor(i18n, openChannel, me) {
		this.#i18n = i18n;
		this.#openChannel = openChannel;
		this.#me = me;
	}

	/** @param {readonly Part[]} parts @returns {Node[]} */
	draw(parts) {
		return parts.map((part) => this.#node(part));
	}

	/** @param {Part} part @returns {Node} */
	#node(part) {
		switch (part.kind) {
			case "text":
				return document.createTextNode(part.text);
			case "mark":
				return element("span", { class: "mark", hidden: true }, part.text);
			case "code":
				return element("code", { dir: "ltr" }, part.text);
			case "link":
				return externalLink(part);
			case "channel":
				return this.#channelLink(part.text, part.channel);
			case "mention":
				return this.#mention(part);
			case "emoji":
				return emojiNode(part);
			case "list":
				return this.#list(part);
			case "block":
				return this.#block(part);
			default:
				return element(SPANS[part.kind], part.kind === "quote" ? { dir: "auto" } : {}, ...this.draw(part.children));
		}
	}

	/** @param {string} text @param {string} channel */
	#channelLink(text, channel) {
		const link = element("a", { href: pathOf(channel), class: "channel-link" }, text);
		link.addEventListener("click", (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			this.#openChannel(channel);
		});
		return link;
	}

	/** @param {MentionLeaf} mention */
	#mention({ text, who }) {
		const isOwn = who === "here" || who === this.#me();
		const card = who === "here" ? {} : cardAttributes({ id: who, name: "" });
		return element("span", { class: isOwn ? "mention mine" : "mention", ...card }, text);
	}

	/** @param {List} list */
	#list({ ordered, items }) {
		const lines = items.map(({ value, children }) => element("li", { value, dir: "auto" }, ...this.draw(children)));
		return element(ordered ? "ol" : "ul", {}, ...lines);
	}

	/** @param {CodeBlock} block */
	#block({ open, language, code, close, whole = code, tokens = [{ kind: null, text: code }] }) {
		const marks = [open, close].map((text) => element("span", { class: "mark", hidden: true }, text));
		const copy = new CopyButton(this.#i18n, whole);
		const name = language ? element("span", { class: "language", "data-language": language }) : null;
		return element(
			"div",
			{ class: "code-block" },
			name,
			copy.button,
			element(
				"pre",
				{ dir: "ltr", tabindex: "0" },
				...marks.slice(0, 1),
				element("code", {}, ...beginningOf(tokens, code.length).map(codeNode)),
				...marks.slice(1),
			),
		);
	}
}

/** @param {import("../../model/text/code-colours.js").CodeToken} token */
const codeNode = ({ kind, text }) => (kind ? element("span", { class: `code-${kind}` }, text) : text);

/** @param {EmojiLeaf} leaf */
function emojiNode({ text, emoji }) {
	return element("span", { class: "emoji", title: text === emoji ? null : text }, emoji);
}

/**
 * Always left to right: right-to-left text before a URL would reorder it.
 * @param {import("../../model/text/links.js").LinkToken} link
 */
function externalLink({ text, href, host }) {
	return element("a", { href, title: host, dir: "ltr", target: "_blank", rel: "noopener nofollow noreferrer" }, text);
}
