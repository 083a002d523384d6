import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/connection-state.js").ConnectionState} ConnectionState */

/** A connection that returns within this time causes no banner. */
const DELAY_MS = 700;

/** Shows why nothing arrives: no network, or no connection to the server. */
export class ConnectionBanner {
	#connection;
	#i18n;
	#text = element("span");
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/** @param {ConnectionState} connection @param {I18n} i18n */
	constructor(connection, i18n) {
		this.#connection = connection;
		this.#i18n = i18n;
		this.element = element(
			"div",
			{ id: "connection-banner", role: "status", hidden: true },
			icon("offline"),
			this.#text,
		);
		connection.on("change", () => this.#changed());
		this.#changed();
	}

	#changed() {
		const { state, live, network } = this.#connection;
		// While signed out, the client needs no connection.
		if (state === "off" || (live && network)) this.#hide();
		else if (!this.element.hidden) this.#render();
		else this.#timer ??= setTimeout(() => this.#render(), DELAY_MS);
	}

	#hide() {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.element.hidden = true;
	}

	#render() {
		const state = this.#connection.network ? "reconnecting" : "offline";
		this.element.hidden = false;
		if (this.element.dataset.state === state) return;
		this.element.dataset.state = state;
		this.#text.textContent = this.#i18n.text(`banner.${state}`);
	}
}
