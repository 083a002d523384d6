/** @typedef {import("../../model/session/page-focus.js").PageFocus} PageFocus */
/** @typedef {import("../../model/session/connection-state.js").ConnectionState} ConnectionState */
/** @typedef {import("./socket.js").Socket} Socket */

/** Follows the browser's network state and the focus of the page, and reconnects at once when either returns. */
export class NetworkStatus {
	/**
	 * @param {{connection: ConnectionState, pageFocus: PageFocus}} world
	 * @param {Pick<Socket, "reconnectNow">} socket
	 * @param {Window} browser
	 */
	constructor({ connection, pageFocus }, socket, browser) {
		const updateNetwork = () => {
			connection.network = browser.navigator.onLine;
			socket.reconnectNow();
		};
		connection.network = browser.navigator.onLine;
		browser.addEventListener("online", updateNetwork);
		browser.addEventListener("offline", updateNetwork);
		const updateFocus = () => {
			pageFocus.isFocused = !browser.document.hidden && browser.document.hasFocus();
		};
		updateFocus();
		browser.addEventListener("focus", updateFocus);
		browser.addEventListener("blur", updateFocus);
		browser.document.addEventListener("visibilitychange", () => {
			updateFocus();
			if (!browser.document.hidden) socket.reconnectNow();
		});
	}
}
