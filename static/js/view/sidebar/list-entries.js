import { KINDS, ListOrder } from "../../model/lists/list-order.js";
import { element } from "../ui/dom.js";
import { ListEntry } from "./list-entry.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/lists/list-order.js").Kind} Kind */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {{group: HTMLElement, list: HTMLElement}} SectionNodes */

/** The entries of the conversation list, in sections with headings. Each section is a group for screen readers. */
export class ListEntries {
	#world;
	#i18n;
	#callbacks;
	#order = new ListOrder();
	/** @type {Map<string, ListEntry>} */
	#entries = new Map();
	/** @type {Map<Kind, SectionNodes>} */
	#sections;
	#isPointed = false;

	/** @param {World} world @param {I18n} i18n @param {import("./list-entry.js").ListEntryCallbacks} callbacks */
	constructor(world, i18n, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		this.#sections = new Map(KINDS.map((kind) => [kind, this.#section(kind)]));
		const groups = [...this.#sections.values()].map(({ group }) => group);
		this.element = element("div", { id: "list-entries", class: "list-entries" }, ...groups);
		this.#holdOrder();
	}

	/** The entries in the order in which they are shown. */
	get all() {
		return this.#order.entries;
	}

	/** @returns {HTMLAnchorElement[]} the entries, from top to bottom */
	get links() {
		return [...this.element.querySelectorAll("a")];
	}

	/** Whether only unread conversations are shown, and the current one. */
	get onlyUnread() {
		return this.#order.onlyUnread;
	}

	set onlyUnread(onlyUnread) {
		this.#order.onlyUnread = onlyUnread;
	}

	/** Render the list as it is now. */
	render() {
		const { conversationList, current, session } = this.#world;
		const focused = this.#focused;
		const sections = this.#order.arrange(conversationList.all, session.me?.list_order ?? "sections", current?.id);
		this.#removeAllBut(new Set(this.all.map(({ conversation }) => conversation)));
		const entriesOf = new Map(sections.map(({ kind, entries }) => [kind, entries]));
		for (const [kind, nodes] of this.#sections) this.#renderSection(nodes, entriesOf.get(kind) ?? []);
		if (focused?.isConnected && focused !== document.activeElement) focused.focus();
	}

	/** @param {Kind} kind @returns {SectionNodes} */
	#section(kind) {
		const id = `list-${kind}-title`;
		// The heading of an only section says nothing that one does not see.
		const className = kind === "all" ? "hidden" : "list-heading";
		const heading = element("h2", { id, class: className }, this.#i18n.text(`list.section.${kind}`));
		const list = element("ul");
		const attributes = { class: "list-section", role: "group", "aria-labelledby": id, "data-kind": kind };
		return { group: element("div", attributes, heading, list), list };
	}

	/** Nothing moves under the pointer, and nothing near the focus. */
	#holdOrder() {
		const update = () => {
			const isHeld = this.#isPointed || this.#focused !== null;
			this.#order.isHeld = isHeld;
			if (!isHeld) this.render();
		};
		/** @param {PointerEvent} event @param {boolean} isPointed */
		const point = ({ pointerType }, isPointed) => {
			if (pointerType === "touch" && isPointed) return;
			this.#isPointed = isPointed;
			update();
		};
		this.element.addEventListener("pointerenter", (event) => point(event, true));
		this.element.addEventListener("pointerleave", (event) => point(event, false));
		this.element.addEventListener("focusin", update);
		// While the event is sent, no element has the focus: the next one may be in the list.
		this.element.addEventListener("focusout", () => queueMicrotask(update));
	}

	/** @param {SectionNodes} nodes @param {Listed[]} entries */
	#renderSection({ group, list }, entries) {
		const { current, showsConversation } = this.#world;
		group.hidden = entries.length === 0;
		entries.forEach((entry, index) => {
			const item = this.#entryFor(entry);
			item.update(entry, showsConversation && entry.conversation === current?.id);
			// Do not move an entry that is in its place: it may have the focus.
			if (list.children[index] !== item.element) move(list, item.element, index);
		});
	}

	/** @param {ReadonlySet<string>} listed */
	#removeAllBut(listed) {
		for (const [id, { element: item }] of this.#entries) {
			if (listed.has(id)) continue;
			item.remove();
			this.#entries.delete(id);
		}
	}

	/** The focused element in the list. @returns {HTMLElement | null} */
	get #focused() {
		const { activeElement } = document;
		return activeElement instanceof HTMLElement && this.element.contains(activeElement) ? activeElement : null;
	}

	/** @param {Listed} entry */
	#entryFor(entry) {
		const existing = this.#entries.get(entry.conversation);
		const item = existing ?? new ListEntry(this.#world, this.#i18n, this.#callbacks, entry);
		this.#entries.set(entry.conversation, item);
		return item;
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
	if ("moveBefore" in list && item.isConnected && list.isConnected) list.moveBefore(item, before);
	else list.insertBefore(item, before);
}
