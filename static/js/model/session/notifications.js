import { Emitter } from "../base/emitter.js";
import { countsAsUnread } from "../base/messages.js";
import { mentionsUser } from "../lists/conversation-list.js";

/** @typedef {import("../lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../base/protocol.js").Me} Me */
/** @typedef {import("../base/protocol.js").Message} Message */
/** @typedef {import("../base/protocol.js").NotificationSettings} NotificationSettings */
/** @typedef {{entry: Listed, message: Message, sound: boolean, desktop: boolean, preview: boolean}} Alert */

/** The server's defaults for an account without own settings. @type {NotificationSettings} */
export const DEFAULT_NOTIFICATIONS = { sound: true, desktop: false, quiet_from: null, quiet_to: null, preview: true };

/** @param {string | null} time HH:MM @returns {number | null} minutes since midnight */
function minutesOf(time) {
	const [hours, minutes] = (time ?? "").split(":").map(Number);
	return time && hours !== undefined && minutes !== undefined ? hours * 60 + minutes : null;
}

/**
 * Whether a time is within the quiet hours. They may span midnight.
 * @param {NotificationSettings} notifications @param {Date} now
 */
export function isQuiet({ quiet_from, quiet_to }, now) {
	const [from, to] = [minutesOf(quiet_from), minutesOf(quiet_to)];
	if (from === null || to === null) return false;
	const at = now.getHours() * 60 + now.getMinutes();
	return from <= to ? from <= at && at < to : from <= at || at < to;
}

/** Whether a message causes a notification. @param {Message} message @param {Listed} entry @param {Me} me */
export function shouldNotify(message, { notify }, me) {
	if (notify === "nothing" || !countsAsUnread(message, me)) return false;
	return notify === "all" || mentionsUser(message, me.id);
}

/**
 * How a user who does not see the message is notified; null for no notification.
 * @param {{entry: Listed, message: Message}} event
 * @param {Me} me
 * @param {Date} now
 * @returns {Alert | null}
 */
export function alertFor({ entry, message }, me, now) {
	const { notifications = DEFAULT_NOTIFICATIONS } = me;
	if (!shouldNotify(message, entry, me) || isQuiet(notifications, now)) return null;
	const { sound, desktop, preview } = notifications;
	return { entry, message, sound, desktop, preview };
}

/**
 * What is shown and played outside of the page. Emits `alert` for a notification, `read` when its conversation was
 * read, and `unsupported` if the browser turns out to have no desktop notifications.
 * @extends {Emitter<{alert: Alert, read: string, unsupported: void}>}
 */
export class Notifications extends Emitter {
	/** Whether the browser can show desktop notifications; null until it was tried. @type {boolean | null} */
	isSupported = null;

	markUnsupported() {
		this.isSupported = false;
		this.emit("unsupported");
	}
}
