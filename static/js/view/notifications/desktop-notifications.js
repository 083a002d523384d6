import { isDirect } from "../../model/lists/conversation-list.js";
import { nameOf } from "../format/person-label.js";

/** @typedef {import("../actions.js").NavigationActions} NavigationActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/notifications.js").Alert} Alert */
/** @typedef {import("../../model/world.js").World} World */

/** Characters of a message that a notification shows. */
const MAX_CHARS = 200;

/** What this browser lets us do; null where there are no notifications at all. @returns {NotificationPermission | null} */
export const permission = () => ("Notification" in globalThis ? Notification.permission : null);

/** Desktop notifications: one per conversation, until it is read. */
export class DesktopNotifications {
	#world;
	#i18n;
	#navigation;
	/** @type {Map<string, Notification>} */
	#shown = new Map();

	/** @param {World} world @param {I18n} i18n @param {NavigationActions} navigation */
	constructor(world, i18n, navigation) {
		this.#world = world;
		this.#i18n = i18n;
		this.#navigation = navigation;
		world.notifications.on("alert", (alert) => alert.desktop && permission() === "granted" && this.#show(alert));
		// What is left behind would lead nowhere.
		addEventListener("pagehide", () => [...this.#shown.keys()].forEach((each) => void this.#withdraw(each)));
		world.notifications.on("read", (conversation) => this.#withdraw(conversation));
	}

	/** @param {Alert} alert */
	#show(alert) {
		const { conversation, id } = alert.message;
		const icon = new URL("../../../icons/ting.svg", import.meta.url).href;
		// One for each conversation, which shows up again with whatever is said there.
		const words = { body: this.#body(alert), tag: conversation, renotify: true, icon, silent: true };
		try {
			const notification = new Notification(this.#title(alert), words);
			this.#shown.set(conversation, notification);
			notification.onclick = () => {
				window.focus();
				this.#navigation.openConversation(conversation, id);
				notification.close();
			};
		} catch {
			// Some phones have notifications, but not from a page.
		}
	}

	/** @param {Alert} alert */
	#title({ message: { author, conversation } }) {
		const name = nameOf(this.#world.persons.current(author), this.#i18n);
		return isDirect(conversation) ? name : this.#i18n.text("alert.title", { name, channel: conversation });
	}

	/** @param {Alert} alert */
	#body({ message: { text, file }, preview }) {
		if (!preview) return this.#i18n.text("alert.hidden");
		const words = text || (file?.name ?? "");
		return words.length > MAX_CHARS ? `${words.slice(0, MAX_CHARS)}…` : words;
	}

	/** @param {string} conversation */
	#withdraw(conversation) {
		this.#shown.get(conversation)?.close();
		this.#shown.delete(conversation);
	}
}
