import { countsAsUnread } from "../../model/base/messages.js";
import { element, setText } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { DIVIDER } from "./rows.js";
import { highlight } from "./scroll-anchor.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/messages.js").Recipient} Recipient */
/** @typedef {import("../../model/conversation/read-state.js").ReadState} ReadState */
/** @typedef {import("../../model/conversation/timeline.js").Timeline} Timeline */
/** @typedef {"above" | "below" | "here"} LinePosition where a line is relative to the visible part */

/**
 * Jumps up to unread messages: to the first unread one, and to late messages. A message has the position at which its
 * author began to type, so one that is sent late can be inserted above the visible ones.
 */
export class UnreadAboveButton {
	#i18n;
	#find;
	#jumpToUnread;
	#label = element("span");
	/** Ids of late messages that the user has not seen. @type {Set<string>} */
	#unseen = new Set();
	/** Ids of late messages that are not below the visible part, where the other button leads. @type {Set<string>} */
	#notBelow = new Set();
	/**
	 * The newest message before this update: what is newer but above it is late.
	 * @type {{first: number, position: number} | null}
	 */
	#newest = null;
	/** The divider above the first unread message, until the user has been there. @type {number | null} */
	#unvisited = null;
	/** The divider at which the user has been. @type {number | null} */
	#visited = null;
	/** Whether the first unread message is not loaded. */
	#isMissing = false;

	/**
	 * @param {I18n} i18n
	 * @param {(key: string) => HTMLElement | undefined} find finds a line by its key
	 * @param {() => void} jumpToUnread loads the first unread message and jumps there
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
		this.button.addEventListener("click", () => this.#jump());
	}

	reset() {
		this.#newest = this.#unvisited = this.#visited = null;
		this.#unseen.clear();
		this.#notBelow.clear();
		this.button.hidden = true;
	}

	/**
	 * @param {Timeline} timeline
	 * @param {ReadState} readState
	 * @param {Recipient} me
	 * @param {(key: string) => LinePosition} locate
	 * @returns {ReadonlySet<string>} ids of new messages that are not further down
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
		const unread = new Set(messages.filter((message) => countsAsUnread(message, me)).map(({ id }) => id));
		for (const id of this.#unseen) if (!unread.has(id) || locate(id) !== "above") this.#unseen.delete(id);
		this.#locateDivider(timeline, readState, me, locate);
		this.#render(this.#unseen.size + (this.#unvisited === null ? 0 : countUnread(timeline, readState, me)));
		return this.#notBelow;
	}

	/** The seq up to which a user at the end has seen everything. @param {Timeline} timeline @returns {number} */
	seenUpTo({ messages }) {
		const firsts = messages.filter(({ id }) => this.#unseen.has(id)).map(({ first }) => first);
		return Math.min(...firsts.map((first) => first - 1), Number.POSITIVE_INFINITY);
	}

	/**
	 * @param {Timeline} timeline
	 * @param {ReadState} readState
	 * @param {Recipient} me
	 * @param {(key: string) => LinePosition} locate
	 */
	#locateDivider(timeline, readState, me, locate) {
		const firstUnread = readState.firstUnread(timeline, me);
		this.#isMissing = firstUnread === "above";
		const isAbove = this.#isMissing || (firstUnread !== null && this.#find(DIVIDER) && locate(DIVIDER) === "above");
		if (firstUnread !== null && !isAbove) this.#visited = readState.divider;
		this.#unvisited = isAbove && this.#visited !== readState.divider ? readState.divider : null;
	}

	/**
	 * New messages that are not at the end.
	 * @param {Timeline["messages"]} messages
	 * @param {Recipient} me
	 * @returns {string[]}
	 */
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

	/** Jump to the first unread message, then to the last of the late ones. The button stays while there are more. */
	#jump() {
		if (this.#unvisited !== null && this.#isMissing) return this.#jumpToUnread();
		const line = this.#find(this.#unvisited === null ? ([...this.#unseen].at(-1) ?? "") : DIVIDER);
		if (line) highlight(line);
	}
}

/**
 * The number of unread messages, including those that are not loaded.
 * @param {Timeline} timeline
 * @param {ReadState} readState
 * @param {Recipient} me
 */
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
