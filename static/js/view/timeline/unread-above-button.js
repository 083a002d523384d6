import { countsAsUnread } from "../../model/base/messages.js";
import { element, setText } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { DIVIDER } from "./rows.js";
import { highlight } from "./scroll-anchor.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/messages.js").Recipient} Recipient */
/** @typedef {import("../../model/conversation/read-state.js").ReadState} ReadState */
/** @typedef {import("../../model/conversation/timeline.js").Timeline} Timeline */
/** @typedef {"above" | "below" | "here"} LinePosition where a line is, seen from the reader */

/**
 * Jumps up to unread messages: to the first unread one, and to late messages that were inserted above the visible ones,
 * since a message that was begun early may be sent late.
 */
export class UnreadAboveButton {
	#i18n;
	#find;
	#jumpToUnread;
	#label = element("span");
	/** Came late and not seen yet. @type {Set<string>} */
	#unseen = new Set();
	/** Came late, and not below what is in sight: nobody finds them there. @type {Set<string>} */
	#notBelow = new Set();
	/** What was there before. @type {{first: number, position: number} | null} */
	#newest = null;
	/** Where the reader left off, as long as they have not been there. @type {number | null} */
	#leftOff = null;
	/** Where they left off and have been since. @type {number | null} */
	#visited = null;
	#isMissing = false;

	/**
	 * @param {I18n} i18n
	 * @param {(key: string) => HTMLElement | undefined} find a line
	 * @param {() => void} jumpToUnread lead to where the reader left off, which is not among what is loaded
	 */
	constructor(i18n, find, jumpToUnread) {
		this.#i18n = i18n;
		this.#find = find;
		this.#jumpToUnread = jumpToUnread;
		this.button = element(
			"button",
			{ type: "button", id: "above", class: "newer above", hidden: true },
			icon("up"),
			this.#label,
		);
		this.button.addEventListener("click", () => this.#go());
	}

	reset() {
		this.#newest = this.#leftOff = this.#visited = null;
		this.#unseen.clear();
		this.#notBelow.clear();
		this.button.hidden = true;
	}

	/**
	 * @param {Timeline} timeline
	 * @param {ReadState} readState
	 * @param {Recipient} me
	 * @param {(key: string) => LinePosition} locate
	 * @returns {ReadonlySet<string>} what is new and not further down
	 */
	update(timeline, readState, me, locate) {
		const { messages, phase } = timeline;
		if (phase !== "ready" || readState.divider === null) return this.#notBelow;
		this.#newest ??= { first: readState.divider, position: readState.boundary(messages) };
		for (const id of this.#late(messages, me)) {
			if (locate(id) === "below") continue;
			this.#notBelow.add(id);
			this.#unseen.add(id);
		}
		this.#newest = newestOf(messages);
		const there = new Set(messages.filter((message) => countsAsUnread(message, me)).map(({ id }) => id));
		for (const id of this.#unseen) if (!there.has(id) || locate(id) !== "above") this.#unseen.delete(id);
		this.#lookForDivider(timeline, readState, me, locate);
		this.#render(this.#unseen.size + (this.#leftOff === null ? 0 : countUnread(timeline, readState, me)));
		return this.#notBelow;
	}

	/** Up to which seq everything was seen by a reader at the end. @param {Timeline} timeline @returns {number} */
	seenUpTo({ messages }) {
		const firsts = messages.filter(({ id }) => this.#unseen.has(id)).map(({ first }) => first);
		return Math.min(...firsts.map((first) => first - 1), Number.POSITIVE_INFINITY);
	}

	/** @param {Timeline} timeline @param {ReadState} readState @param {Recipient} me @param {(key: string) => LinePosition} locate */
	#lookForDivider(timeline, readState, me, locate) {
		const begin = readState.firstUnread(timeline, me);
		this.#isMissing = begin === "above";
		const isAbove = this.#isMissing || (begin !== null && this.#find(DIVIDER) && locate(DIVIDER) === "above");
		if (begin !== null && !isAbove) this.#visited = readState.divider;
		this.#leftOff = isAbove && this.#visited !== readState.divider ? readState.divider : null;
	}

	/** New, but not at the end. @param {Timeline["messages"]} messages @param {Recipient} me @returns {string[]} */
	#late(messages, me) {
		const newest = this.#newest;
		if (!newest) return [];
		const late = messages.filter(({ first, position }) => first > newest.first && position < newest.position);
		return late.filter((message) => countsAsUnread(message, me)).map(({ id }) => id);
	}

	/** @param {number} count */
	#render(count) {
		this.button.hidden = count === 0;
		this.button.dataset.count = String(count);
		setText(this.#label, this.#i18n.text("timeline.above", { count }));
	}

	/** To where the reader left off, then to the latest of the late ones; where there are more, the button stays. */
	#go() {
		if (this.#leftOff !== null && this.#isMissing) return this.#jumpToUnread();
		const line = this.#find(this.#leftOff === null ? ([...this.#unseen].at(-1) ?? "") : DIVIDER);
		if (line) highlight(line);
	}
}

/** What came after the reader left off; all of it, even if not all of it is loaded. @param {Timeline} timeline @param {ReadState} readState @param {Recipient} me */
function countUnread({ messages }, readState, me) {
	const divider = readState.divider ?? 0;
	const loaded = messages.filter((message) => message.first > divider && countsAsUnread(message, me));
	return Math.max(loaded.length, readState.unreadAtOpen);
}

/** @param {Timeline["messages"]} messages */
function newestOf(messages) {
	const firsts = messages.map(({ first }) => first);
	return { first: firsts.reduce((a, b) => Math.max(a, b), 0), position: messages.at(-1)?.position ?? 0 };
}
