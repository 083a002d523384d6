import { TONES, toned } from "../../model/text/recent-emoji.js";
import { element, isComposed } from "./dom.js";
import { openPopover } from "./popover.js";

/** @typedef {import("../../model/text/emoji.js").Emoji} Emoji */
/** @typedef {import("../../model/text/emoji.js").EmojiTable} EmojiTable */
/** @typedef {import("../../model/text/recent-emoji.js").RecentEmoji} RecentEmoji */
/** @typedef {import("./dom.js").Translator} Translator */

const MAX_FOUND = 60;
const HAND = "✋";

/** The emoji picker: recent emoji, groups, a search and skin tones. Arrow keys move through it. */
export class EmojiPicker {
	#table;
	#recentEmoji;
	#i18n;
	#loadWords;

	/** @param {EmojiTable} table @param {RecentEmoji} recentEmoji @param {Translator} i18n @param {() => Promise<void>} loadWords */
	constructor(table, recentEmoji, i18n, loadWords) {
		this.#table = table;
		this.#recentEmoji = recentEmoji;
		this.#i18n = i18n;
		this.#loadWords = loadWords;
	}

	/** @param {HTMLElement} button beside it @param {(emoji: string) => void} choose */
	open(button, choose) {
		const label = this.#i18n.text("emoji.label");
		const panel = element("div", { class: "emoji-picker", popover: "auto", role: "dialog", "aria-label": label });
		/** @param {string} emoji */
		const take = (emoji) => {
			this.#recentEmoji.add(emoji);
			panel.hidePopover();
			choose(emoji);
		};
		const search = element("input", {
			type: "search",
			class: "emoji-search",
			placeholder: this.#i18n.text("emoji.search"),
			"aria-label": this.#i18n.text("emoji.search"),
			autocomplete: "off",
		});
		const body = element("div", { class: "emoji-body" });
		const fill = () => body.replaceChildren(...this.#content(search.value, take));
		panel.append(element("div", { class: "emoji-top" }, search, this.#tones(fill)), this.#tabs(body), body);
		fill();
		search.addEventListener("input", fill);
		panel.addEventListener("keydown", (event) => walk(event, search, body));
		this.#loadWords().then(() => panel.isConnected && fill());
		openPopover(panel, button);
		search.focus();
	}

	/** @param {string} query @param {(emoji: string) => void} take */
	#content(query, take) {
		if (query.trim()) {
			const found = this.#table.search(query, MAX_FOUND);
			if (found.length > 0) return [this.#grid(this.#i18n.text("emoji.found"), found, take)];
			return [element("p", { class: "emoji-none", role: "status" }, this.#i18n.text("emoji.none"))];
		}
		const known = new Map(this.#table.all.map((emoji) => [emoji.emoji, emoji]));
		const recent = this.#recentEmoji.recent.map((emoji) => known.get(emoji) ?? { emoji, names: [emoji], tones: false });
		return [
			this.#grid(this.#i18n.text("emoji.recent"), recent, take, "recent", ""),
			...this.#table.groups.map(({ name, emoji }) => this.#grid(this.#i18n.text(`emoji.${name}`), emoji, take, name)),
		];
	}

	/**
	 * @param {string} title
	 * @param {readonly Emoji[]} emoji
	 * @param {(emoji: string) => void} take
	 * @param {string} [name]
	 * @param {string} [tone]
	 */
	#grid(title, emoji, take, name = "found", tone = this.#recentEmoji.tone) {
		const buttons = emoji.map((each) => this.#button(each, each.tones ? toned(each.emoji, tone) : each.emoji));
		const grid = element("div", { class: "emoji-grid", role: "group", "aria-label": title }, ...buttons);
		grid.addEventListener("click", ({ target }) => {
			const chosen = target instanceof HTMLElement && target.closest("button")?.textContent;
			if (chosen) take(chosen);
		});
		return element("section", { "data-group": name }, element("h3", { "aria-hidden": "true" }, title), grid);
	}

	/** @param {Emoji} emoji @param {string} shown */
	#button(emoji, shown) {
		const label = this.#table.labelOf(emoji);
		return element("button", { type: "button", tabindex: "-1", title: label, "aria-label": label }, shown);
	}

	/** @param {HTMLElement} body */
	#tabs(body) {
		const tabs = this.#table.groups.map(({ name, emoji }) => {
			const label = this.#i18n.text(`emoji.${name}`);
			const tab = element("button", { type: "button", title: label, "aria-label": label }, emoji[0]?.emoji ?? "");
			tab.addEventListener("click", () => body.querySelector(`[data-group="${name}"]`)?.scrollIntoView());
			return tab;
		});
		return element("div", { class: "emoji-tabs" }, ...tabs);
	}

	/** @param {() => void} changed */
	#tones(changed) {
		const label = this.#i18n.text("emoji.tone");
		const button = element(
			"button",
			{ type: "button", class: "emoji-tone", title: label, "aria-label": label },
			toned(HAND, this.#recentEmoji.tone),
		);
		button.addEventListener("click", () => {
			this.#recentEmoji.tone = TONES[(TONES.indexOf(this.#recentEmoji.tone) + 1) % TONES.length] ?? "";
			button.textContent = toned(HAND, this.#recentEmoji.tone);
			changed();
		});
		return button;
	}
}

/** @param {KeyboardEvent} event @param {HTMLInputElement} search @param {HTMLElement} body */
function walk(event, search, body) {
	if (isComposed(event)) return;
	const buttons = /** @type {HTMLElement[]} */ ([...body.querySelectorAll("button")]);
	const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
	if (document.activeElement === search) {
		if (event.key === "Enter") buttons[0]?.click();
		else if (event.key !== "ArrowDown") return;
		else buttons[0]?.focus();
	} else if (at === -1) {
		return;
	} else if (event.key === "ArrowUp" && rowStep(buttons, at, -1) === at) {
		search.focus();
	} else {
		const next = nextAt(event.key, buttons, at);
		if (next === null) return;
		buttons[next]?.focus();
	}
	event.preventDefault();
}

/** @param {string} key @param {HTMLElement[]} buttons @param {number} at @returns {number | null} */
function nextAt(key, buttons, at) {
	if (key === "ArrowRight") return Math.min(at + 1, buttons.length - 1);
	if (key === "ArrowLeft") return Math.max(at - 1, 0);
	if (key === "ArrowDown") return rowStep(buttons, at, 1);
	if (key === "ArrowUp") return rowStep(buttons, at, -1);
	return null;
}

/** The nearest one in the next row, wherever that is; the same when there is none. @param {HTMLElement[]} buttons @param {number} at @param {number} step */
function rowStep(buttons, at, step) {
	const { offsetTop, offsetLeft } = /** @type {HTMLElement} */ (buttons[at]);
	let best = at;
	let row = offsetTop;
	for (let next = at + step; buttons[next]; next += step) {
		const button = /** @type {HTMLElement} */ (buttons[next]);
		if (button.offsetTop === offsetTop) continue;
		if (row === offsetTop) row = button.offsetTop;
		else if (button.offsetTop !== row) break;
		const held = /** @type {HTMLElement} */ (buttons[best]);
		const isNearer = Math.abs(button.offsetLeft - offsetLeft) < Math.abs(held.offsetLeft - offsetLeft);
		if (held.offsetTop !== row || isNearer) best = next;
	}
	return best;
}
