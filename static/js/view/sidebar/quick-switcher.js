import { element, iconButton, isComposed, setAttribute, typesWithFingers } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { channelIcon, presenceAvatar } from "./list-entry.js";

/** @typedef {import("../actions.js").ListActions} ListActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/lists/quick-switcher.js").Option} Option */
/** @typedef {import("../../model/lists/quick-switcher.js").QuickSwitcher} QuickSwitcher */
/** @typedef {import("../../model/world.js").World} World */

/** Pause in typing before the server is asked. */
const PAUSE_MS = 150;

/** The keyboard shortcut, on a device with a keyboard. */
const shortcut = () => (typesWithFingers() ? "" : ` (${navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl+"}K)`);

/** The quick switcher above the list: finds a conversation by a few letters. */
export class QuickSwitcherView {
	#world;
	#i18n;
	#lists;
	#switcher;
	#callbacks;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#options = element("ul", { id: "switcher-options", class: "switcher-options", role: "listbox", hidden: true });
	#clear;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {ListActions} lists
	 * @param {QuickSwitcher} switcher
	 * @param {{openPlace: (place: Place) => void, focusList: () => void, escape: () => void}} callbacks
	 */
	constructor(world, i18n, lists, switcher, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#lists = lists;
		this.#switcher = switcher;
		this.#callbacks = callbacks;
		this.#options.setAttribute("aria-label", i18n.text("switcher.options"));
		this.input = element("input", {
			id: "switcher",
			type: "text",
			role: "combobox",
			autocomplete: "off",
			autocapitalize: "off",
			spellcheck: "false",
			enterkeyhint: "go",
			dir: "auto",
			placeholder: `${i18n.text("switcher.placeholder")}${shortcut()}`,
			"aria-label": i18n.text("switcher.label"),
			"aria-controls": "switcher-options",
			"aria-expanded": "false",
			"aria-autocomplete": "list",
			"aria-keyshortcuts": "Control+K Meta+K",
		});
		this.#clear = iconButton(icon("close"), i18n.text("switcher.clear"), { class: "icon-button", hidden: true });
		this.element = element("div", { class: "switcher" }, icon("search"), this.input, this.#clear);
		this.options = this.#options;
		this.#listen();
	}

	focus() {
		this.input.focus();
		this.input.select();
	}

	clear() {
		this.input.value = "";
		this.#search();
	}

	#listen() {
		this.input.addEventListener("input", () => this.#search());
		this.input.addEventListener("keydown", (event) => this.#key(event));
		this.#clear.addEventListener("click", () => {
			this.clear();
			this.input.focus();
		});
		this.#switcher.on("change", () => this.#render());
	}

	#search() {
		const { conversationList, persons, session } = this.#world;
		// Search the users' current names.
		const entries = conversationList.all.map((entry) =>
			entry.with ? { ...entry, with: persons.current(entry.with) } : entry,
		);
		this.#switcher.setQuery(this.input.value, entries, session.me?.id ?? "");
		clearTimeout(this.#timer);
		if (this.#switcher.query) this.#timer = setTimeout(() => this.#searchServer(), PAUSE_MS);
	}

	/** Add results of the server. If a request fails, the results from the list remain. */
	async #searchServer() {
		const { query, prefix, wantsChannels, wantsPeople } = this.#switcher;
		const [channels, people] = await Promise.all([
			wantsChannels ? this.#lists.channels(prefix).catch(() => []) : [],
			wantsPeople ? this.#lists.findUsers(prefix).catch(() => []) : [],
		]);
		this.#switcher.addResults(query, channels, people);
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isComposed(event)) return;
		const action = this.#actionFor(event.key);
		if (!action) return;
		event.preventDefault();
		event.stopPropagation();
		action();
	}

	/** @param {string} key @returns {(() => void) | null} */
	#actionFor(key) {
		const isOpen = this.#switcher.query !== "";
		if (key === "ArrowDown") return isOpen ? () => this.#switcher.move(1) : this.#callbacks.focusList;
		if (key === "ArrowUp" && isOpen) return () => this.#switcher.move(-1);
		if (key === "Enter" && isOpen) return () => this.#choose(this.#switcher.selected);
		if (key === "Escape") return isOpen ? () => this.clear() : this.#callbacks.escape;
		return null;
	}

	/** @param {Option | undefined} option */
	#choose(option) {
		if (!option) return;
		this.clear();
		this.#callbacks.openPlace(option.place);
	}

	#render() {
		const { query, options, selectedIndex } = this.#switcher;
		const isOpen = query !== "";
		this.#options.hidden = !isOpen;
		this.#clear.hidden = !isOpen;
		setAttribute(this.input, "aria-expanded", String(isOpen));
		setAttribute(this.input, "aria-activedescendant", isOpen && options.length > 0 ? `option-${selectedIndex}` : null);
		this.#options.replaceChildren(
			...options.map((option, index) => this.#option(option, index, index === selectedIndex)),
		);
		this.#options.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
	}

	/** @param {Option} option @param {number} index @param {boolean} isSelected */
	#option(option, index, isSelected) {
		const { label, detail } = this.#labels(option);
		const attributes = { class: "entry", role: "option", id: `option-${index}`, "data-kind": option.kind };
		const item = element(
			"li",
			{ ...attributes, "aria-selected": String(isSelected) },
			element("span", { class: "entry-picture" }, this.#icon(option)),
			element(
				"span",
				{ class: "entry-text" },
				element("bdi", { class: "entry-name" }, label),
				detail ? element("span", { class: "entry-line", dir: "auto" }, detail) : null,
			),
		);
		// The field keeps the focus until an option is chosen.
		item.addEventListener("pointerdown", (event) => event.preventDefault());
		item.addEventListener("click", () => this.#choose(option));
		return item;
	}

	/** @param {Option} option */
	#icon({ kind, person, entry }) {
		if (person) return presenceAvatar(this.#world.persons.current(person), Boolean(entry?.online));
		if (kind === "search") return icon("search");
		return kind === "create" ? icon("plus") : channelIcon();
	}

	/** @param {Option} option @returns {{label: string, detail?: string | undefined}} */
	#labels({ kind, name, channel, person }) {
		if (kind === "search" || kind === "create") return { label: this.#i18n.text(`switcher.${kind}`, { name }) };
		if (person) return { label: this.#world.persons.current(person).name };
		return { label: name, detail: channel?.topic };
	}
}
