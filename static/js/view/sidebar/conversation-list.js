import { QuickSwitcher } from "../../model/lists/quick-switcher.js";
import { shortCount } from "../format/numbers.js";
import { element, iconButton, isComposed } from "../ui/dom.js";
import { icon, logo } from "../ui/icons.js";
import { routeLink } from "../ui/route-link.js";
import { ListEntries } from "./list-entries.js";
import { QuickSwitcherView } from "./quick-switcher.js";
import { UnreadPills } from "./unread-pills.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/world.js").World} World */

/** The list of the user's conversations: a column that can be closed, or a drawer on a narrow screen. */
export class ConversationListView {
	#world;
	#i18n;
	#navigation;
	#entries;
	#callbacks;
	#scheduled = false;
	#empty;
	#pills;
	#filter;
	#scroller;
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
		this.#entries = new ListEntries(world, i18n, this.#callbacks);
		this.#switcher = new QuickSwitcherView(world, i18n, actions.lists, new QuickSwitcher(), {
			openPlace: this.#callbacks.openPlace,
			focusList: () => this.#entries.links[0]?.focus(),
			escape: () => this.leave(),
		});
		this.#empty = element("p", { class: "list-empty", hidden: true });
		this.#filter = element(
			"button",
			{ type: "button", class: "list-filter", "aria-pressed": "false" },
			icon("eye"),
			i18n.text("list.onlyUnread"),
		);
		this.#scroller = element("div", { class: "list-scroller" }, this.#empty, this.#entries.element);
		this.#pills = new UnreadPills(this.#scroller, i18n);
		this.button = iconButton(icon("list"), i18n.text("list.show"), {
			class: "icon-button list-button",
			"aria-controls": "list",
			"aria-expanded": "false",
		});
		this.button.append(this.#count);
		this.scrim = element("div", { class: "scrim list-scrim" });
		this.element = this.#createElement(foot);
		this.#listen();
		this.#renderClosed();
		this.#render();
	}

	get isOpen() {
		return this.element.classList.contains(this.isDrawer ? "open" : "closed") === this.isDrawer;
	}

	/** Whether the list is a drawer, not a column. */
	get isDrawer() {
		return getComputedStyle(this.element).position === "fixed";
	}

	/** Open the list and focus the quick switcher. A closed column opens only until a conversation is chosen. */
	find() {
		if (this.isDrawer) this.#toggle(true);
		else this.element.classList.remove("closed");
		this.#switcher.focus();
	}

	open() {
		this.#toggle(true);
		this.#entries.links[0]?.focus();
	}

	/** Focus the current conversation, or the first one. */
	focus() {
		const { links } = this.#entries;
		const current = links.find((link) => link.ariaCurrent === "page") ?? links[0];
		if (current) current.focus();
		else this.#switcher.focus();
	}

	/** Close the drawer or the column, and focus the button that opens it. */
	close() {
		this.#toggle(false);
		this.button.focus();
	}

	/** Close the drawer. As a column the list passes the focus to the conversation. */
	leave() {
		if (this.isDrawer && this.isOpen) return this.close();
		this.#renderClosed();
		this.#focusConversation();
	}

	/**
	 * @param {number} step up or down in the list
	 * @param {boolean} unread whether to skip conversations without unread messages
	 */
	step(step, unread) {
		const { all } = this.#entries;
		const currentIndex = all.findIndex(({ conversation }) => conversation === this.#world.current?.id);
		const from = currentIndex < 0 && step < 0 ? 0 : currentIndex;
		for (let distance = 1; distance <= all.length; distance += 1) {
			const entry = all[(from + step * distance + all.length * distance) % all.length];
			if (entry && (!unread || entry.unread > 0)) return this.#navigation.openConversation(entry.conversation);
		}
	}

	/** @param {HTMLElement} foot */
	#createElement(foot) {
		const close = iconButton(icon("close"), this.#i18n.text("list.close"), { class: "icon-button list-close" });
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
			element("div", { class: "list-pane" }, this.#filter, this.#scroller, ...this.#pills.elements),
			directoryLink,
			foot,
		);
	}

	#listen() {
		const { conversationList, persons, session } = this.#world;
		conversationList.on("change", () => this.#schedule());
		persons.on("change", () => this.#schedule());
		session.on("me", () => this.#schedule());
		this.#world.on("place", () => this.#schedule());
		this.#world.on("current", () => this.#schedule());
		// The next user must not see what the last one searched for.
		session.on("change", () => this.#switcher.clear());
		this.#filter.addEventListener("click", () => {
			this.#entries.onlyUnread = !this.#entries.onlyUnread;
			this.#filter.setAttribute("aria-pressed", String(this.#entries.onlyUnread));
			this.#render();
		});
		this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
		this.scrim.addEventListener("click", () => this.close());
		this.element.addEventListener("keydown", (event) => this.#key(event));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isComposed(event)) return;
		// Escape closes an open menu, which handles the key itself; the list stays open.
		const isInMenu = event.target instanceof Element && event.target.closest(".menu") !== null;
		if (event.key === "Escape" && !isInMenu) this.leave();
		if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
		if (event.altKey || !(event.target instanceof HTMLAnchorElement)) return;
		event.preventDefault();
		const { links } = this.#entries;
		const next = links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
		if (next < 0) this.#switcher.focus();
		else links[next]?.focus();
	}

	/** @param {Place} place */
	#openPlace(place) {
		if (this.isDrawer) this.#toggle(false);
		else this.#renderClosed();
		this.#navigation.open(place);
		if (place.kind === "channel" || place.kind === "direct") this.#focusConversation();
	}

	/** Open or close the drawer, or the column, for which this device remembers it. @param {boolean} open */
	#toggle(open) {
		this.button.setAttribute("aria-expanded", String(open));
		if (!this.isDrawer) {
			this.#world.preferences.setClosed("list", !open);
			return this.#renderClosed();
		}
		this.element.classList.toggle("open", open);
		this.scrim.classList.toggle("open", open);
	}

	#renderClosed() {
		this.element.classList.toggle("closed", this.#world.preferences.isClosed("list"));
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
		const { conversationList } = this.#world;
		this.#entries.render();
		this.#empty.hidden = !conversationList.loaded || this.#entries.all.length > 0;
		const isAllRead = this.#entries.onlyUnread && conversationList.all.length > 0;
		this.#empty.textContent = this.#i18n.text(isAllRead ? "list.allRead" : "list.empty");
		this.#pills.schedule();
		this.#renderCount(conversationList.notifyCount);
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
