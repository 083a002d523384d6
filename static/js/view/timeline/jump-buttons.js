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
	 * @param {() => ScrollAnchor} anchor
	 * @param {(key: string) => HTMLElement | undefined} find finds a line by its key
	 * @param {{goToEnd: () => void, jumpToUnread: () => void}} callbacks
	 */
	constructor(i18n, anchor, find, { goToEnd, jumpToUnread }) {
		this.#find = find;
		this.#anchor = anchor;
		this.newest = new NewestButton(i18n, goToEnd);
		this.unreadAbove = new UnreadAboveButton(i18n, find, jumpToUnread);
	}

	/** Call this when another conversation is shown. */
	reset() {
		this.newest.reset();
		this.unreadAbove.reset();
	}

	/** @param {Conversation} conversation @param {import("../../model/base/messages.js").Recipient} me */
	update({ timeline, readState }, me) {
		const anchor = this.#anchor();
		const atEnd = anchor.atEnd && !timeline.hasNewer;
		const locate = (/** @type {string} */ key) => anchor.locate(this.#find(key));
		const notBelow = this.unreadAbove.update(timeline, readState, me, locate);
		this.newest.update(timeline, atEnd, me, notBelow);
		if (timeline.phase === "ready") readState.setSeen(atEnd ? this.unreadAbove.seenUpTo(timeline) : 0);
	}
}
