import { isDirect } from "../../model/lists/conversation-list.js";
import { parse, shownIn } from "../../model/text/markup.js";
import { nameOf } from "../format/person-label.js";
import { permission } from "./permission.js";

/** @typedef {import("../actions.js").NavigationActions} NavigationActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/notifications.js").Alert} Alert */
/** @typedef {import("../../model/world.js").World} World */

/** Characters of a message that a notification shows. */
const MAX_CHARS = 200;

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
		world.notifications.on("alert", (alert) => {
			if (alert.desktop && permission(world.notifications) === "granted") this.#show(alert);
		});
		// A click on a notification works only while its page is open.
		addEventListener("pagehide", () => [...this.#shown.keys()].forEach((key) => void this.#withdraw(key)));
		world.notifications.on("read", (conversation) => this.#withdraw(conversation));
	}

	/** @param {Alert} alert */
	#show(alert) {
		const { conversation, id } = alert.message;
		const icon = new URL("../../../icons/ting.svg", import.meta.url).href;
		// The tag replaces the last notification of the conversation; `renotify` shows the new one again.
		const options = { body: this.#body(alert), tag: conversation, renotify: true, icon, silent: true };
		try {
			const notification = new Notification(this.#title(alert), options);
			this.#shown.set(conversation, notification);
			notification.onclick = () => {
				window.focus();
				this.#navigation.openConversation(conversation, id);
				notification.close();
			};
		} catch {
			// Chrome on Android allows notifications only from a service worker. The settings say so.
			this.#world.notifications.markUnsupported();
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
		const content = shownIn(parse(text)) || (file?.name ?? "");
		return content.length > MAX_CHARS ? `${content.slice(0, MAX_CHARS)}…` : content;
	}

	/** @param {string} conversation */
	#withdraw(conversation) {
		this.#shown.get(conversation)?.close();
		this.#shown.delete(conversation);
	}
}
