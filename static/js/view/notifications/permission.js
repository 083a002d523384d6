/** @typedef {import("../../model/session/notifications.js").Notifications} Notifications */
/**
 * Whether this browser shows desktop notifications: `granted` or `denied` by the user, `default` if it has not asked
 * yet; `insecure` on a page without https, `unsupported` in a browser that cannot show them.
 * @typedef {NotificationPermission | "insecure" | "unsupported"} Permission
 */

/** @param {Notifications} notifications @returns {Permission} */
export function permission(notifications) {
	if (!globalThis.isSecureContext) return "insecure";
	if (!("Notification" in globalThis) || notifications.isSupported === false) return "unsupported";
	const state = Notification.permission;
	if (state !== "default") return state;
	notifications.isSupported ??= isConstructible();
	return notifications.isSupported ? "default" : "unsupported";
}

/** Have the browser ask the user. It may refuse by itself. @param {Notifications} notifications */
export async function requestPermission(notifications) {
	const before = permission(notifications);
	if (before !== "default") return before;
	// Some browsers reject instead of answering.
	await Notification.requestPermission().catch(() => {});
	return permission(notifications);
}

/**
 * Chrome on Android has the class, but only a service worker can use it: the constructor throws. Without a permission,
 * other browsers show nothing.
 */
function isConstructible() {
	try {
		new Notification("Ting");
		return true;
	} catch {
		return false;
	}
}
