/** @typedef {import("../../model/session/page-focus.js").PageFocus} PageFocus */
/** @typedef {import("../../model/session/connection-state.js").ConnectionState} ConnectionState */
/** @typedef {import("./socket.js").Socket} Socket */

/** What the browser knows of the network and of being looked at: reasons not to wait for the next attempt. */
export class NetworkStatus {
	/**
	 * @param {{connection: ConnectionState, pageFocus: PageFocus}} world
	 * @param {Pick<Socket, "reconnectNow">} socket
	 * @param {Window} browser
	 */
	constructor({ connection, pageFocus }, socket, browser) {
		const read = () => {
			connection.network = browser.navigator.onLine;
			socket.reconnectNow();
		};
		connection.network = browser.navigator.onLine;
		browser.addEventListener("online", read);
		browser.addEventListener("offline", read);
		const look = () => {
			pageFocus.isFocused = !browser.document.hidden && browser.document.hasFocus();
		};
		look();
		browser.addEventListener("focus", look);
		browser.addEventListener("blur", look);
		browser.document.addEventListener("visibilitychange", () => {
			look();
			if (!browser.document.hidden) socket.reconnectNow();
		});
	}
}
