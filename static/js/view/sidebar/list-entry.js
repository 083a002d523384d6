import { isDirect, notifyCountOf } from "../../model/lists/conversation-list.js";
import { urlOf } from "../../model/lists/routes.js";
import { avatar } from "../format/avatar.js";
import { shortCount } from "../format/numbers.js";
import { nameOf } from "../format/person-label.js";
import { element, setAttribute } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { menuButton } from "../ui/menu.js";
import { routeLink } from "../ui/route-link.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/base/protocol.js").Notify} Notify */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} ListEntryCallbacks the actions on an entry
 * @property {(place: Place) => void} openPlace
 * @property {(conversation: string, change: {pinned?: boolean, notify?: Notify}) => void} updateEntry
 * @property {(conversation: string) => void} unlist
 */

/**
 * The notification settings of a conversation, with their icons.
 * @type {[Notify, import("../ui/icons.js").IconName][]}
 */
export const NOTIFY = [
	["all", "bell"],
	["mentions", "at"],
	["nothing", "bellOff"],
];

/** The icon of a channel, in place of an avatar. */
export const channelIcon = () => element("span", { class: "channel-picture", "aria-hidden": "true" }, "#");

/**
 * The avatar of a user, with a dot while the user is online.
 * @param {import("../../model/base/protocol.js").Person} person
 * @param {boolean} online
 */
export const presenceAvatar = (person, online) =>
	element("span", { class: "presence-picture", "data-online": online }, avatar(person));

/** One conversation in the list. */
export class ListEntry {
	#world;
	#i18n;
	#callbacks;
	#entry;
	#picture = element("span", { class: "entry-picture" });
	#name = element("bdi", { class: "entry-name" });
	#mark = element("span", { class: "entry-mark" });
	#line = element("span", { class: "entry-line", dir: "auto" });
	#badge = element("span", { class: "badge" });
	#link;
	#drawn = "";

	/** @param {World} world @param {I18n} i18n @param {ListEntryCallbacks} callbacks @param {Listed} entry */
	constructor(world, i18n, callbacks, entry) {
		this.#world = world;
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		this.#entry = entry;
		this.#link = routeLink(
			() => this.#place,
			callbacks.openPlace,
			{ class: "entry-link" },
			this.#picture,
			element(
				"span",
				{ class: "entry-text" },
				element("span", { class: "entry-title" }, this.#name, this.#mark),
				this.#line,
			),
			this.#badge,
		);
		const menu = menuButton(i18n.text("list.menu"), () => this.#items());
		this.element = element("li", { class: "entry", "data-conversation": entry.conversation }, this.#link, menu);
	}

	/** @param {Listed} entry @param {boolean} isCurrent */
	update(entry, isCurrent) {
		this.#entry = entry;
		setAttribute(this.#link, "aria-current", isCurrent ? "page" : null);
		// Skip an entry that did not change: every message updates the whole list.
		const drawn = JSON.stringify([entry, this.#person]);
		if (drawn === this.#drawn) return;
		this.#drawn = drawn;
		this.#render();
	}

	focus() {
		this.#link.focus();
	}

	get #place() {
		return this.#world.placeFor(this.#entry.conversation);
	}

	get #person() {
		return this.#entry.with && this.#world.persons.current(this.#entry.with);
	}

	#render() {
		const { conversation, online, topic, pinned, notify } = this.#entry;
		const person = this.#person;
		this.#link.href = urlOf(this.#place);
		this.#picture.replaceChildren(person ? presenceAvatar(person, online) : channelIcon());
		this.#name.textContent = person ? nameOf(person, this.#i18n) : conversation.slice(1);
		this.#line.textContent = topic;
		this.#line.hidden = !topic;
		const isFormer = person?.former && person.name;
		this.#mark.replaceChildren(
			...(isFormer ? [element("span", { class: "former" }, this.#i18n.text("person.former"))] : []),
			...(pinned ? [this.#labelledIcon("pin", "list.pinned")] : []),
			...(notify === "nothing" ? [this.#labelledIcon("bellOff", "list.silent")] : []),
			...(online ? [element("span", { class: "hidden" }, this.#i18n.text("list.online"))] : []),
		);
		this.#renderBadge();
	}

	#renderBadge() {
		const { unread, notify } = this.#entry;
		const notifyCount = notifyCountOf(this.#entry);
		this.element.dataset.unread = String(unread);
		this.#badge.hidden = unread === 0;
		this.#badge.className = notifyCount > 0 ? "badge of-interest" : notify === "nothing" ? "badge silent" : "badge";
		const label = this.#i18n.text(notifyCount > 0 ? "list.interest" : "list.unread", { count: notifyCount || unread });
		const number = element("span", { "aria-hidden": "true" }, shortCount(notifyCount || unread));
		this.#badge.replaceChildren(number, element("span", { class: "hidden" }, label));
	}

	/** @param {import("../ui/icons.js").IconName} name @param {string} key */
	#labelledIcon(name, key) {
		const label = this.#i18n.text(key);
		return element(
			"span",
			{ class: "entry-sign", title: label, "data-icon": name },
			icon(name),
			element("span", { class: "hidden" }, label),
		);
	}

	/** @returns {import("../ui/menu.js").MenuItem[]} */
	#items() {
		const { conversation, pinned, notify } = this.#entry;
		const { updateEntry, unlist } = this.#callbacks;
		const text = (/** @type {string} */ key) => this.#i18n.text(`list.${key}`);
		return [
			{
				icon: "pin",
				label: text(pinned ? "unpin" : "pin"),
				choose: () => updateEntry(conversation, { pinned: !pinned }),
			},
			...NOTIFY.map(([value, iconName]) => ({
				icon: iconName,
				label: text(`notify.${value}`),
				checked: value === notify,
				choose: () => updateEntry(conversation, { notify: value }),
			})),
			{
				icon: "leave",
				label: text(isDirect(conversation) ? "unlist.private" : "unlist.channel"),
				choose: () => unlist(conversation),
			},
		];
	}
}
