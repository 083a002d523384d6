import { countsAsUnread } from "../../model/base/messages.js";
import { element, setText } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/messages.js").Recipient} Recipient */
/** @typedef {import("../../model/conversation/timeline.js").Timeline} Timeline */

/** Jumps back to the newest message, and shows how many are new there. */
export class NewestButton {
	#i18n;
	#label = element("span");
	/** The `first` of the newest message when the user was last at the end. */
	#seen = 0;

	/** @param {I18n} i18n @param {() => void} goToEnd */
	constructor(i18n, goToEnd) {
		this.#i18n = i18n;
		this.button = element(
			"button",
			{ type: "button", id: "newer", class: "newer", hidden: true },
			icon("down"),
			this.#label,
		);
		this.button.addEventListener("click", goToEnd);
	}

	reset() {
		this.#seen = 0;
		this.button.hidden = true;
	}

	/**
	 * @param {Timeline} timeline
	 * @param {boolean} atEnd
	 * @param {Recipient} me
	 * @param {ReadonlySet<string>} [above] ids of new messages that are not below
	 */
	update({ messages }, atEnd, me, above = new Set()) {
		if (atEnd) this.#seen = messages.reduce((newest, { first }) => Math.max(newest, first), this.#seen);
		const count = messages.filter(
			(message) => message.first > this.#seen && countsAsUnread(message, me) && !above.has(message.id),
		).length;
		this.button.hidden = atEnd;
		this.button.dataset.count = String(count);
		setText(this.#label, this.#i18n.text(count ? "timeline.newer" : "timeline.down", { count }));
	}
}
