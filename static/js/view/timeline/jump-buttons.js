import { NewestButton } from "./newest-button.js";
import { UnreadAboveButton } from "./unread-above-button.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("./scroll-anchor.js").ScrollAnchor} ScrollAnchor */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */

/** The buttons that jump to unread messages out of sight. Also reports which messages are visible. */
export class JumpButtons {
	#find;
	#anchor;

	/**
	 * @param {I18n} i18n
	 * @param {() => ScrollAnchor} place where the reader is
	 * @param {(key: string) => HTMLElement | undefined} find a line
	 * @param {{goToEnd: () => void, jumpToUnread: () => void}} callbacks
	 */
	constructor(i18n, place, find, { goToEnd, jumpToUnread }) {
		this.#find = find;
		this.#anchor = place;
		this.newest = new NewestButton(i18n, goToEnd);
		this.unreadAbove = new UnreadAboveButton(i18n, find, jumpToUnread);
	}

	/** Another conversation is looked at. */
	reset() {
		this.newest.reset();
		this.unreadAbove.reset();
	}

	/** @param {Conversation} conversation @param {import("../../model/base/messages.js").Recipient} me */
	update({ timeline, readState }, me) {
		const place = this.#anchor();
		const atEnd = place.atEnd && !timeline.hasNewer;
		const locate = (/** @type {string} */ key) => place.locate(this.#find(key));
		const notBelow = this.unreadAbove.update(timeline, readState, me, locate);
		this.newest.update(timeline, atEnd, me, notBelow);
		if (timeline.phase === "ready") readState.setSeen(atEnd ? this.unreadAbove.seenUpTo(timeline) : 0);
	}
}
