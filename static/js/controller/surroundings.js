/** @typedef {import("../model/link.js").Link} Link */
/** @typedef {import("./socket.js").Socket} Socket */

/** What the browser knows of the network and of being looked at: reasons not to wait for the next attempt. */
export class Surroundings {
	/**
	 * @param {Link} link
	 * @param {Pick<Socket, "hasten">} socket
	 * @param {Window} browser
	 */
	constructor(link, socket, browser) {
		const read = () => {
			link.network = browser.navigator.onLine;
			socket.hasten();
		};
		link.network = browser.navigator.onLine;
		browser.addEventListener("online", read);
		browser.addEventListener("offline", read);
		browser.document.addEventListener("visibilitychange", () => {
			if (!browser.document.hidden) socket.hasten();
		});
	}
}
