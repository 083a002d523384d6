import { element } from "./elements.js";
import { icon } from "./icons.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/timeline.js").Timeline} Timeline */

const HIGHLIGHT_MS = 2_000;

/** Who began early may send late: leads up to messages that came to stand above what is in sight. */
export class AboveButton {
	#i18n;
	#find;
	#label = element("span");
	/** Not seen yet, by rising position. @type {Set<string>} */
	#unseen = new Set();
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
		this.button.hidden = true;
	}

	/**
	 * @param {Timeline} timeline
	 * @param {string | undefined} me
	 * @param {(id: string) => boolean} isAbove what is in sight
	 * @returns {ReadonlySet<string>} what is new above
	 */
	update({ messages, phase }, me, isAbove) {
		if (phase !== "ready") return this.#unseen;
		const before = this.#newest ?? { first: Number.POSITIVE_INFINITY, position: 0 };
		const late = messages.filter(
			({ first, position, author }) => first > before.first && position < before.position && author.id !== me,
		);
		this.#newest = newestOf(messages);
		const there = new Set(messages.filter(({ deleted }) => !deleted).map(({ id }) => id));
		const candidates = new Set([...this.#unseen, ...late.map(({ id }) => id)]);
		this.#unseen = new Set([...candidates].filter((id) => there.has(id) && isAbove(id)));
		this.button.hidden = this.#unseen.size === 0;
		this.button.dataset.count = String(this.#unseen.size);
		this.#label.textContent = this.#i18n.text("timeline.above", { count: this.#unseen.size });
		return this.#unseen;
	}

	/** To the latest of them; where there are more, the button stays. */
	#go() {
		const line = this.#find([...this.#unseen].at(-1) ?? "");
		if (!line) return;
		line.scrollIntoView({ block: "center" });
		line.classList.add("highlight");
		setTimeout(() => line.classList.remove("highlight"), HIGHLIGHT_MS);
	}
}

/** @param {Timeline["messages"]} messages */
function newestOf(messages) {
	const firsts = messages.map(({ first }) => first);
	return { first: firsts.reduce((a, b) => Math.max(a, b), 0), position: messages.at(-1)?.position ?? 0 };
}
