import { labelOf } from "../../model/lists/routes.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/world.js").World} World */

/** The title of the page: what is shown, and the number of unseen notifications. */
export class TitleView {
	#world;
	#i18n;

	/** @param {World} world @param {I18n} i18n */
	constructor(world, i18n) {
		this.#world = world;
		this.#i18n = i18n;
		world.on("place", () => this.#render());
		world.conversationList.on("change", () => this.#render());
		world.pageFocus.on("change", () => this.#render());
		this.#render();
	}

	#render() {
		const { place, pendingCount } = this.#world;
		const label = place && this.#label(place);
		const title = label ? `${label} · Ting` : "Ting";
		document.title = pendingCount > 0 ? `(${pendingCount}) ${title}` : title;
	}

	/** @param {Place} place */
	#label(place) {
		return labelOf(place) || this.#i18n.text(place.kind === "direct" ? "title.private" : `title.${place.kind}`);
	}
}
