import { parse, shownIn } from "../../model/text/markup.js";
import { nameOf } from "../format/person-label.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** How many announcements stay in the page, so that none is removed before it was spoken. */
const MAX_ANNOUNCEMENTS = 10;
/** A longer text is cut off, since a screen reader speaks it to the end. The timeline has all of it. */
const MAX_CHARS = 500;

/**
 * Announces new messages of other users to screen readers: the name and the text, without buttons and times. The lines
 * of the timeline themselves are not announced, since they also change when history is loaded.
 */
export class MessageAnnouncer {
	#world;
	#i18n;
	#unsubscribe = () => {};
	/** The head of the conversation at the last change: messages above it are new. */
	#last = 0;
	element = element("div", { id: "announced", class: "hidden", "aria-live": "polite", "aria-relevant": "additions" });

	/** @param {World} world @param {I18n} i18n */
	constructor(world, i18n) {
		this.#world = world;
		this.#i18n = i18n;
	}

	/** @param {Conversation} conversation */
	show({ timeline, cursor }) {
		this.#unsubscribe();
		this.element.replaceChildren();
		this.#last = cursor.head;
		this.#unsubscribe = timeline.on("change", ({ history }) => {
			if (!history) this.#announce(timeline.messages.filter(({ first }) => first > this.#last));
			this.#last = cursor.head;
			this.#forget(timeline);
		});
	}

	/** @param {Message[]} messages */
	#announce(messages) {
		const { session } = this.#world;
		const others = messages.filter(({ author, deleted }) => author.id !== session.me?.id && !deleted);
		const announced = others.filter(({ author }) => !session.ignores(author.id));
		const line = (/** @type {Message} */ message) =>
			element("p", { "data-id": message.id, "data-seq": message.seq }, this.#words(message));
		this.element.append(...announced.map(line));
		while (this.element.childElementCount > MAX_ANNOUNCEMENTS) this.element.firstElementChild?.remove();
	}

	/** Remove the words of messages that were edited or deleted since. @param {Conversation["timeline"]} timeline */
	#forget(timeline) {
		for (const line of /** @type {HTMLElement[]} */ ([...this.element.children])) {
			if (timeline.get(line.dataset.id ?? "")?.seq !== Number(line.dataset.seq)) line.remove();
		}
	}

	/** @param {Message} message */
	#words({ author, text, file, kind }) {
		const name = nameOf(this.#world.persons.current(author), this.#i18n);
		const words = Array.from([file?.name, shownIn(parse(text))].filter(Boolean).join(", "));
		const shown = words.length > MAX_CHARS ? `${words.slice(0, MAX_CHARS).join("")}…` : words.join("");
		return kind === "action" ? `${name} ${shown}` : `${name}: ${shown}`;
	}
}
