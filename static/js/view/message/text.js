import { pathOf } from "../../model/base/names.js";
import { beginningOf } from "../../model/text/code-colours.js";
import { sourceOf } from "../../model/text/markup.js";
import { cardAttributes } from "../format/person-label.js";
import { CopyButton } from "../ui/clipboard.js";
import { element, setAttribute } from "../ui/dom.js";

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
	/** The spoilers that the user has uncovered, by their sources. @type {Set<string>} */
	#uncovered = new Set();

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

	/** Cover all spoilers again. */
	reset() {
		this.#uncovered.clear();
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
			case "table":
				return this.#table(part);
			case "spoiler":
				return this.#spoiler(part.children);
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

	/** Covered until it is pressed. The style sheet hides its content from screen readers as well. @param {Part[]} parts */
	#spoiler(parts) {
		const [open, ...rest] = this.draw(parts);
		const close = rest.pop() ?? null;
		const content = element("span", { class: "spoiler-text" }, ...rest);
		const spoiler = element("span", { class: "spoiler" }, open ?? null, content, close);
		const source = sourceOf(parts);
		if (this.#uncovered.has(source)) return spoiler;
		const label = this.#i18n.text("text.spoiler");
		const covered = { class: "spoiler covered", role: "button", tabindex: "0", "aria-label": label, title: label };
		for (const [name, value] of Object.entries(covered)) setAttribute(spoiler, name, value);
		const uncover = (/** @type {Event} */ event) => {
			if (!spoiler.classList.contains("covered")) return;
			if (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ") return;
			event.preventDefault();
			event.stopPropagation();
			this.#uncovered.add(source);
			for (const name of ["role", "aria-label", "title"]) spoiler.removeAttribute(name);
			spoiler.classList.remove("covered");
			spoiler.tabIndex = -1;
		};
		spoiler.addEventListener("click", uncover);
		spoiler.addEventListener("keydown", uncover);
		return spoiler;
	}

	/** @param {List} list */
	#list({ ordered, items }) {
		const lines = items.map(({ value, children }) => element("li", { value, dir: "auto" }, ...this.draw(children)));
		return element(ordered ? "ol" : "ul", {}, ...lines);
	}

	/** A wide table scrolls sideways. @param {import("../../model/text/markup.js").Table} table */
	#table({ alignments, rows }) {
		const lines = rows.map(({ cells }, row) => {
			const nodes = cells.map((cell, column) => {
				const attributes = { class: alignments[column] && `align-${alignments[column]}`, dir: "auto" };
				if (row > 0) return element("td", attributes, ...this.draw(cell));
				return element("th", { ...attributes, scope: "col" }, ...this.draw(cell));
			});
			return element("tr", {}, ...nodes);
		});
		return element("div", { class: "table", tabindex: "0" }, element("table", {}, ...lines));
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
 * A written address is left to right: right-to-left text before it would reorder it. After a text of its own, the real
 * host is shown.
 * @param {import("../../model/text/links.js").LinkToken} link
 */
function externalLink({ text, href, host, named }) {
	const attributes = { href, target: "_blank", rel: "noopener nofollow noreferrer" };
	// The host is no text of the author: the style sheet shows it.
	if (named)
		return element("a", { ...attributes, class: "named-link", dir: "auto", title: href, "data-host": host }, text);
	return element("a", { ...attributes, title: host, dir: "ltr" }, text);
}
