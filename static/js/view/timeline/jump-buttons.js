import { NewestButton } from "./newest-button.js";
import { UnreadAboveButton } from "./unread-above-button.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("./scroll-anchor.js").ScrollAnchor} ScrollAnchor */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */

/** Buttons that lead to what is new and out of sight; and what of a conversation is in sight. */
export class JumpButtons {
	#find;
	#place;

	/**
	 * @param {I18n} i18n
	 * @param {() => ScrollAnchor} place where the reader is
	 * @param {(key: string) => HTMLElement | undefined} find a line
	 * @param {{goToEnd: () => void, seekNew: () => void}} does
	 */
	constructor(i18n, place, find, { goToEnd, seekNew }) {
		this.#find = find;
		this.#place = place;
		this.newer = new NewestButton(i18n, goToEnd);
		this.above = new UnreadAboveButton(i18n, find, seekNew);
	}

	/** Another conversation is looked at. */
	forget() {
		this.newer.forget();
		this.above.forget();
	}

	/** @param {Conversation} conversation @param {import("../../model/base/messages.js").Recipient} me */
	update({ timeline, reading }, me) {
		const place = this.#place();
		const atEnd = place.atEnd && !timeline.newer;
		const sight = (/** @type {string} */ key) => place.sight(this.#find(key));
		const notBelow = this.above.update(timeline, reading, me, sight);
		this.newer.update(timeline, atEnd, me, notBelow);
		if (timeline.phase === "ready") reading.see(atEnd ? this.above.seenUpTo(timeline) : 0);
	}
}
