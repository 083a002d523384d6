import { SpokenWords } from "../../model/text/spoken-words.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/session/preferences.js").Preferences} Preferences */

/** How many announcements stay in the page, so that none is removed before it was spoken. */
const MAX_ANNOUNCEMENTS = 10;

/** Announces what others type to screen readers, word by word, if the user chose that. */
export class TypingAnnouncer {
	#preferences;
	#words = new SpokenWords();
	#unsubscribe = () => {};
	element = element("div", { id: "spoken", class: "hidden", "aria-live": "polite", "aria-relevant": "additions" });

	/** @param {Preferences} preferences */
	constructor(preferences) {
		this.#preferences = preferences;
	}

	/** @param {Conversation} conversation */
	show({ ghosts }) {
		this.#unsubscribe();
		this.#words = new SpokenWords();
		this.element.replaceChildren();
		this.#unsubscribe = ghosts.on("change", () => this.#announce(ghosts.all));
	}

	/** @param {import("../../model/base/messages.js").Ghost[]} ghosts */
	#announce(ghosts) {
		const announcements = this.#words.next(ghosts);
		if (!this.#preferences.announceWords) return;
		this.element.append(...announcements.map(({ name, words }) => element("p", {}, `${name}: ${words}`)));
		while (this.element.childElementCount > MAX_ANNOUNCEMENTS) this.element.firstElementChild?.remove();
	}
}
