import { TONES, toned } from "../../model/text/recent-emoji.js";
import { element, isComposed } from "./dom.js";
import { openPopover } from "./popover.js";

/** @typedef {import("../../model/text/emoji.js").Emoji} Emoji */
/** @typedef {import("../../model/text/emoji.js").EmojiTable} EmojiTable */
/** @typedef {import("../../model/text/recent-emoji.js").RecentEmoji} RecentEmoji */
/** @typedef {import("./dom.js").Translator} Translator */

const MAX_FOUND = 60;
/** The emoji that shows the skin tone on its button. */
const HAND = "✋";

/** The emoji picker: recent emoji, groups, a search and skin tones. Arrow keys move through it. */
export class EmojiPicker {
	#table;
	#recentEmoji;
	#i18n;
	#loadWords;

	/**
	 * @param {EmojiTable} table
	 * @param {RecentEmoji} recentEmoji
	 * @param {Translator} i18n
	 * @param {() => Promise<void>} loadWords
	 */
	constructor(table, recentEmoji, i18n, loadWords) {
		this.#table = table;
		this.#recentEmoji = recentEmoji;
		this.#i18n = i18n;
		this.#loadWords = loadWords;
	}

	/** @param {HTMLElement} button the picker opens at it @param {(emoji: string) => void} choose */
	open(button, choose) {
		const label = this.#i18n.text("emoji.label");
		const panel = element("div", { class: "emoji-picker", popover: "auto", role: "dialog", "aria-label": label });
		/** @param {string} emoji */
		const pick = (emoji) => {
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
		const fill = () => body.replaceChildren(...this.#content(search.value, pick));
		panel.append(element("div", { class: "emoji-top" }, search, this.#tones(fill)), this.#tabs(body), body);
		fill();
		search.addEventListener("input", fill);
		panel.addEventListener("keydown", (event) => moveFocus(event, search, body));
		this.#loadWords().then(() => panel.isConnected && fill());
		openPopover(panel, button);
		search.focus();
	}

	/** @param {string} query @param {(emoji: string) => void} pick */
	#content(query, pick) {
		if (query.trim()) {
			const found = this.#table.search(query, MAX_FOUND);
			if (found.length > 0) return [this.#grid(this.#i18n.text("emoji.found"), found, pick)];
			return [element("p", { class: "emoji-none", role: "status" }, this.#i18n.text("emoji.none"))];
		}
		const known = new Map(this.#table.all.map((emoji) => [emoji.emoji, emoji]));
		const recent = this.#recentEmoji.recent.map((emoji) => known.get(emoji) ?? { emoji, names: [emoji], tones: false });
		return [
			this.#grid(this.#i18n.text("emoji.recent"), recent, pick, "recent", ""),
			...this.#table.groups.map(({ name, emoji }) => this.#grid(this.#i18n.text(`emoji.${name}`), emoji, pick, name)),
		];
	}

	/**
	 * @param {string} title
	 * @param {readonly Emoji[]} emoji
	 * @param {(emoji: string) => void} pick
	 * @param {string} [name]
	 * @param {string} [tone]
	 */
	#grid(title, emoji, pick, name = "found", tone = this.#recentEmoji.tone) {
		const buttons = emoji.map((each) => this.#button(each, each.tones ? toned(each.emoji, tone) : each.emoji));
		const grid = element("div", { class: "emoji-grid", role: "group", "aria-label": title }, ...buttons);
		grid.addEventListener("click", ({ target }) => {
			const chosen = target instanceof HTMLElement && target.closest("button")?.textContent;
			if (chosen) pick(chosen);
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

	/** @param {() => void} onChange */
	#tones(onChange) {
		const label = this.#i18n.text("emoji.tone");
		const button = element(
			"button",
			{ type: "button", class: "emoji-tone", title: label, "aria-label": label },
			toned(HAND, this.#recentEmoji.tone),
		);
		button.addEventListener("click", () => {
			this.#recentEmoji.tone = TONES[(TONES.indexOf(this.#recentEmoji.tone) + 1) % TONES.length] ?? "";
			button.textContent = toned(HAND, this.#recentEmoji.tone);
			onChange();
		});
		return button;
	}
}

/** @param {KeyboardEvent} event @param {HTMLInputElement} search @param {HTMLElement} body */
function moveFocus(event, search, body) {
	if (isComposed(event)) return;
	const buttons = /** @type {HTMLElement[]} */ ([...body.querySelectorAll("button")]);
	const index = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
	if (document.activeElement === search) {
		if (event.key === "Enter") buttons[0]?.click();
		else if (event.key !== "ArrowDown") return;
		else buttons[0]?.focus();
	} else if (index === -1) {
		return;
	} else if (event.key === "ArrowUp" && rowStep(buttons, index, -1) === index) {
		search.focus();
	} else {
		const next = nextIndex(event.key, buttons, index);
		if (next === null) return;
		buttons[next]?.focus();
	}
	event.preventDefault();
}

/** @param {string} key @param {HTMLElement[]} buttons @param {number} index @returns {number | null} */
function nextIndex(key, buttons, index) {
	if (key === "ArrowRight") return Math.min(index + 1, buttons.length - 1);
	if (key === "ArrowLeft") return Math.max(index - 1, 0);
	if (key === "ArrowDown") return rowStep(buttons, index, 1);
	if (key === "ArrowUp") return rowStep(buttons, index, -1);
	return null;
}

/**
 * The index of the nearest button in the next row, which may be in another group; the same index if there is no row.
 * @param {HTMLElement[]} buttons
 * @param {number} index
 * @param {number} step 1 for down, -1 for up
 */
function rowStep(buttons, index, step) {
	const { offsetTop, offsetLeft } = /** @type {HTMLElement} */ (buttons[index]);
	let best = index;
	let row = offsetTop;
	for (let next = index + step; buttons[next]; next += step) {
		const button = /** @type {HTMLElement} */ (buttons[next]);
		if (button.offsetTop === offsetTop) continue;
		if (row === offsetTop) row = button.offsetTop;
		else if (button.offsetTop !== row) break;
		const bestButton = /** @type {HTMLElement} */ (buttons[best]);
		const isNearer = Math.abs(button.offsetLeft - offsetLeft) < Math.abs(bestButton.offsetLeft - offsetLeft);
		if (bestButton.offsetTop !== row || isNearer) best = next;
	}
	return best;
}
