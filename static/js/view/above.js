import { element } from "./elements.js";
import { highlight } from "./highlight.js";
import { icon } from "./icons.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/timeline.js").Timeline} Timeline */

/** Who began early may send late: leads up to messages that came to stand above what is in sight. */
export class AboveButton {
	#i18n;
	#find;
	#label = element("span");
	/** Not seen yet. @type {Set<string>} */
	#unseen = new Set();
	/** Came late, and not below what is in sight: nobody finds them there. @type {Set<string>} */
	#notBelow = new Set();
	/** What was there before. @type {{first: number, position: number} | null} */
	#newest = null;

	/** @param {I18n} i18n @param {(id: string) => HTMLElement | undefined} find a line */
	constructor(i18n, find) {
		this.#i18n = i18n;
		this.#find = find;
		this.button = element(
			"button",
			{ type: "button", id: "above", class: "newer above", hidden: true },
			icon("up"),
			this.#label,
		);
		this.button.addEventListener("click", () => this.#go());
	}

	forget() {
		this.#newest = null;
		this.#unseen.clear();
		this.#notBelow.clear();
		this.button.hidden = true;
	}

	/**
	 * @param {Timeline} timeline
	 * @param {string | undefined} me
	 * @param {(id: string) => "above" | "below" | "here"} sight where a message is, seen from the reader
	 * @returns {ReadonlySet<string>} what is new and not further down
	 */
	update({ messages, phase }, me, sight) {
		if (phase !== "ready") return this.#notBelow;
		for (const id of this.#late(messages, me)) {
			if (sight(id) === "below") continue;
			this.#notBelow.add(id);
			this.#unseen.add(id);
		}
		this.#newest = newestOf(messages);
		const there = new Set(messages.filter(({ deleted }) => !deleted).map(({ id }) => id));
		for (const id of this.#unseen) if (!there.has(id) || sight(id) !== "above") this.#unseen.delete(id);
		this.#render();
		return this.#notBelow;
	}

	/** New, but not at the end. @param {Timeline["messages"]} messages @param {string | undefined} me @returns {string[]} */
	#late(messages, me) {
		const newest = this.#newest;
		if (!newest) return [];
		const late = messages.filter(({ first, position }) => first > newest.first && position < newest.position);
		return late.filter(({ author }) => author.id !== me).map(({ id }) => id);
	}

	#render() {
		this.button.hidden = this.#unseen.size === 0;
		this.button.dataset.count = String(this.#unseen.size);
		this.#label.textContent = this.#i18n.text("timeline.above", { count: this.#unseen.size });
	}

	/** To the latest of them; where there are more, the button stays. */
	#go() {
		const line = this.#find([...this.#unseen].at(-1) ?? "");
		if (!line) return;
		highlight(line);
	}
}

/** @param {Timeline["messages"]} messages */
function newestOf(messages) {
	const firsts = messages.map(({ first }) => first);
	return { first: firsts.reduce((a, b) => Math.max(a, b), 0), position: messages.at(-1)?.position ?? 0 };
}
