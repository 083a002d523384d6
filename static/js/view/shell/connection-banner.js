import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/connection-state.js").ConnectionState} ConnectionState */

/** A connection that comes back within this time was never missed. */
const DELAY_MS = 700;

/** Tells why nothing arrives: no network, or no server. */
export class ConnectionBanner {
	#link;
	#i18n;
	#text = element("span");
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/** @param {ConnectionState} link @param {I18n} i18n */
	constructor(link, i18n) {
		this.#link = link;
		this.#i18n = i18n;
		this.element = element(
			"div",
			{ id: "connection-banner", role: "status", hidden: true },
			icon("offline"),
			this.#text,
		);
		link.on("change", () => this.#changed());
		this.#changed();
	}

	#changed() {
		const { state, live, network } = this.#link;
		// Where nobody is in, there is no connection to miss.
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
		const state = this.#link.network ? "reconnecting" : "offline";
		this.element.hidden = false;
		if (this.element.dataset.state === state) return;
		this.element.dataset.state = state;
		this.#text.textContent = this.#i18n.text(`banner.${state}`);
	}
}
