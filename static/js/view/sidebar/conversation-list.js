import { QuickSwitcher } from "../../model/lists/quick-switcher.js";
import { shortCount } from "../format/numbers.js";
import { element, iconButton, isComposed } from "../ui/dom.js";
import { icon, logo } from "../ui/icons.js";
import { routeLink } from "../ui/route-link.js";
import { ListEntry } from "./list-entry.js";
import { QuickSwitcherView } from "./quick-switcher.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/world.js").World} World */

/** The list of the user's conversations: a column next to the current one, or a drawer on a narrow screen. */
export class ConversationListView {
	#world;
	#i18n;
	#navigation;
	/** @type {Map<string, ListEntry>} */
	#entries = new Map();
	#callbacks;
	#scheduled = false;
	#items = element("ul", { id: "list-entries", class: "list-entries" });
	#empty;
	#switcher;
	#count = element("span", { class: "badge of-interest", hidden: true });
	#focusConversation;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "lists" | "navigation">} actions
	 * @param {{reportError: (reason: unknown) => void, focusConversation: () => void}} callbacks
	 * @param {HTMLElement} foot below the list
	 */
	constructor(world, i18n, actions, { reportError, focusConversation }, foot) {
		this.#world = world;
		this.#i18n = i18n;
		this.#navigation = actions.navigation;
		this.#focusConversation = focusConversation;
		this.#callbacks = {
			openPlace: (/** @type {Place} */ place) => this.#openPlace(place),
			updateEntry: (/** @type {string} */ id, /** @type {object} */ change) =>
				actions.lists.update(id, change).catch(reportError),
			unlist: (/** @type {string} */ id) => actions.lists.unlist(id).catch(reportError),
		};
		this.#switcher = new QuickSwitcherView(world, i18n, actions.lists, new QuickSwitcher(), {
			openPlace: this.#callbacks.openPlace,
			focusList: () => this.#items.querySelector("a")?.focus(),
			escape: () => this.close(),
		});
		this.#empty = element("p", { class: "list-empty", hidden: true }, i18n.text("list.empty"));
		this.button = iconButton(icon("list"), i18n.text("list.show"), {
			class: "icon-button list-button",
			"aria-controls": "list",
			"aria-expanded": "false",
		});
		this.button.append(this.#count);
		this.scrim = element("div", { class: "scrim list-scrim" });
		this.element = this.#createElement(foot);
		this.#listen();
		this.#render();
	}

	get isOpen() {
		return this.element.classList.contains("open");
	}

	/** Whether the list is a drawer, not a column. */
	get isDrawer() {
		return this.button.checkVisibility();
	}

	/** Open the drawer and focus the quick switcher. */
	find() {
		this.#toggle(true);
		this.#switcher.focus();
	}

	open() {
		this.#toggle(true);
		this.#items.querySelector("a")?.focus();
	}

	/** Focus the current conversation, or the first one. */
	focus() {
		const current = this.#items.querySelector('a[aria-current="page"]') ?? this.#items.querySelector("a");
		if (current instanceof HTMLElement) current.focus();
		else this.#switcher.focus();
	}

	/** Close the drawer and focus its button. As a column the list passes the focus to the conversation. */
	close() {
		const wasOpen = this.isOpen;
		this.#toggle(false);
		if (wasOpen) this.button.focus();
		else this.#focusConversation();
	}

	/**
	 * @param {number} step up or down in the list
	 * @param {boolean} unread whether to skip conversations without unread messages
	 */
	step(step, unread) {
		const all = this.#world.conversationList.all;
		const currentIndex = all.findIndex(({ conversation }) => conversation === this.#world.current?.id);
		const from = currentIndex < 0 && step < 0 ? 0 : currentIndex;
		for (let distance = 1; distance <= all.length; distance += 1) {
			const entry = all[(from + step * distance + all.length * distance) % all.length];
			if (entry && (!unread || entry.unread > 0)) return this.#navigation.openConversation(entry.conversation);
		}
	}

	/** @param {HTMLElement} foot */
	#createElement(foot) {
		const close = iconButton(icon("close"), this.#i18n.text("list.close"), { class: "icon-button drawer-close" });
		close.addEventListener("click", () => this.close());
		const directoryLink = routeLink(
			() => ({ kind: "channels" }),
			this.#callbacks.openPlace,
			{ class: "list-directory", id: "to-channels" },
			icon("channel"),
			this.#i18n.text("list.directory"),
		);
		return element(
			"nav",
			{ id: "list", "aria-label": this.#i18n.text("list.label") },
			element("div", { class: "list-brand" }, logo(), element("span", {}, "Ting"), close),
			this.#switcher.element,
			this.#switcher.options,
			element("div", { class: "list-scroller" }, this.#empty, this.#items),
			directoryLink,
			foot,
		);
	}

	#listen() {
		const { conversationList, persons } = this.#world;
		conversationList.on("change", () => this.#schedule());
		persons.on("change", () => this.#schedule());
		this.#world.on("place", () => this.#schedule());
		this.#world.on("current", () => this.#schedule());
		// The next user must not see what the last one searched for.
		this.#world.session.on("change", () => this.#switcher.clear());
		this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
		this.scrim.addEventListener("click", () => this.close());
		this.element.addEventListener("keydown", (event) => this.#key(event));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isComposed(event)) return;
		// Escape closes an open menu, which handles the key itself; the list stays open.
		const isInMenu = event.target instanceof Element && event.target.closest(".menu") !== null;
		if (event.key === "Escape" && !isInMenu) this.close();
		if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
		if (event.altKey || !(event.target instanceof HTMLAnchorElement)) return;
		event.preventDefault();
		const links = [...this.#items.querySelectorAll("a")];
		const next = links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
		if (next < 0) this.#switcher.focus();
		else links[next]?.focus();
	}

	/** @param {Place} place */
	#openPlace(place) {
		this.#toggle(false);
		this.#navigation.open(place);
		if (place.kind === "channel" || place.kind === "direct") this.#focusConversation();
	}

	/** @param {boolean} open */
	#toggle(open) {
		this.element.classList.toggle("open", open);
		this.scrim.classList.toggle("open", open);
		this.button.setAttribute("aria-expanded", String(open));
	}

	/** Render several changes of the same moment once. */
	#schedule() {
		if (this.#scheduled) return;
		this.#scheduled = true;
		queueMicrotask(() => {
			this.#scheduled = false;
			this.#render();
		});
	}

	#render() {
		const { conversationList, current, showsConversation } = this.#world;
		const all = conversationList.all;
		const focused = this.#focused;
		const listed = new Set(all.map(({ conversation }) => conversation));
		for (const [id, { element: item }] of this.#entries) {
			if (listed.has(id)) continue;
			item.remove();
			this.#entries.delete(id);
		}
		all.forEach((entry, index) => {
			const item = this.#entryFor(entry);
			item.update(entry, showsConversation && entry.conversation === current?.id);
			// Do not move an entry that is in its place: it may have the focus.
			if (this.#items.children[index] !== item.element) move(this.#items, item.element, index);
		});
		if (focused?.isConnected && focused !== document.activeElement) focused.focus();
		this.#empty.hidden = !conversationList.loaded || all.length > 0;
		this.#renderCount(conversationList.notifyCount);
	}

	/** The focused element in the list. @returns {HTMLElement | null} */
	get #focused() {
		const { activeElement } = document;
		return activeElement instanceof HTMLElement && this.#items.contains(activeElement) ? activeElement : null;
	}

	/** @param {import("../../model/lists/conversation-list.js").Listed} entry */
	#entryFor(entry) {
		const existing = this.#entries.get(entry.conversation);
		const item = existing ?? new ListEntry(this.#world, this.#i18n, this.#callbacks, entry);
		this.#entries.set(entry.conversation, item);
		return item;
	}

	/** @param {number} count */
	#renderCount(count) {
		this.#count.hidden = count === 0;
		this.#count.textContent = shortCount(count);
		const label = this.#i18n.text(count > 0 ? "list.showInterest" : "list.show", { count });
		this.button.setAttribute("aria-label", label);
		this.button.title = label;
	}
}

/**
 * Move an item. Where the browser has `moveBefore`, an open menu of the item stays open.
 * @param {HTMLElement} list
 * @param {HTMLElement} item
 * @param {number} index
 */
function move(list, item, index) {
	const before = list.children[index] ?? null;
	if ("moveBefore" in list && item.parentElement === list) list.moveBefore(item, before);
	else list.insertBefore(item, before);
}
