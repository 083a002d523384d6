import { channelAt, DEFAULT_CHANNEL, pathOf } from "../model/names.js";

/** @typedef {import("../model/world.js").World} World */

/** The address of the browser is the conversation that is looked at. */
export class Router {
	#world;
	#window;

	/**
	 * @param {World} world
	 * @param {Pick<Window, "location" | "history" | "addEventListener">} browser
	 */
	constructor(world, browser) {
		this.#world = world;
		this.#window = browser;
	}

	start() {
		this.#window.addEventListener("popstate", () => this.#read());
		this.#read();
	}

	/** @param {string} conversation */
	go(conversation) {
		if (conversation === this.#world.current?.id) return;
		this.#window.history.pushState(null, "", pathOf(conversation));
		this.#world.open(conversation);
	}

	#read() {
		const path = this.#window.location.pathname;
		const conversation = channelAt(path);
		const right = conversation && path !== "/" ? `/${conversation.slice(1)}` : "/";
		if (path !== right) this.#window.history.replaceState(null, "", right);
		this.#world.open(conversation ?? DEFAULT_CHANNEL);
	}
}
