import { TONES, toned } from "../../model/text/recent-emoji.js";
import { element, isComposed } from "./dom.js";
import { EmojiGrid } from "./emoji-grid.js";
import { openPopover } from "./popover.js";

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
		const grid = new EmojiGrid(
			label,
			(emoji) => this.#table.labelOf(emoji),
			(emoji) => {
				this.#recentEmoji.add(emoji);
				panel.hidePopover();
				choose(emoji);
			},
		);
		const search = element("input", {
			type: "search",
			class: "emoji-search",
			dir: "auto",
			placeholder: this.#i18n.text("emoji.search"),
			"aria-label": this.#i18n.text("emoji.search"),
			autocomplete: "off",
		});
		const none = element("p", { class: "emoji-none", role: "status" });
		const sections = () => {
			const found = this.#sections(search.value);
			none.textContent = found.length > 0 ? "" : this.#i18n.text("emoji.none");
			return found;
		};
		const top = element(
			"div",
			{ class: "emoji-top" },
			search,
			this.#tones(() => grid.show(sections())),
		);
		panel.append(top, this.#tabs(grid), none, grid.element);
		search.addEventListener("input", () => grid.showFromTop(sections()));
		panel.addEventListener("keydown", (event) => moveFocus(event, search, grid));
		openPopover(panel, button);
		grid.show(sections());
		search.focus();
		this.#loadWords().then(() => panel.isConnected && grid.show(sections()));
	}

	/** @param {string} query @returns {import("../../model/text/emoji-layout.js").Section[]} */
	#sections(query) {
		const { tone, recent } = this.#recentEmoji;
		if (query.trim()) {
			const emoji = this.#table.search(query, MAX_FOUND);
			return emoji.length > 0 ? [{ name: "found", title: this.#i18n.text("emoji.found"), emoji, tone }] : [];
		}
		const used = recent.map((emoji) => this.#table.byCharacters(emoji) ?? { emoji, names: [emoji], tones: false });
		return [
			{ name: "recent", title: this.#i18n.text("emoji.recent"), emoji: used },
			...this.#table.groups.map(({ name, emoji }) => ({ name, title: this.#i18n.text(`emoji.${name}`), emoji, tone })),
		];
	}

	/** @param {EmojiGrid} grid */
	#tabs(grid) {
		const tabs = this.#table.groups.map(({ name, emoji }) => {
			const label = this.#i18n.text(`emoji.${name}`);
			const tab = element("button", { type: "button", title: label, "aria-label": label }, emoji[0]?.emoji ?? "");
			tab.addEventListener("click", () => grid.scrollTo(name));
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

/** @param {KeyboardEvent} event @param {HTMLInputElement} search @param {EmojiGrid} grid */
function moveFocus(event, search, grid) {
	if (isComposed(event)) return;
	if (document.activeElement === search) {
		if (event.key === "Enter") grid.pickFirst();
		else if (event.key === "ArrowDown") grid.focus(0);
		else return;
	} else {
		const next = grid.focused >= 0 ? grid.next(event.key) : null;
		if (next === null) return;
		if (next < 0) search.focus();
		else grid.focus(next);
	}
	event.preventDefault();
}
