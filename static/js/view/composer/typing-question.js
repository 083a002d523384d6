import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { choices } from "./typing-options.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").TypingView} TypingView */
/** @typedef {import("../../model/session/session.js").Session} Session */

/** At somebody's first letter ever: what others see of it, and the choice. It stays until it is answered. */
export class TypingQuestion {
	#session;
	#i18n;
	#answer;
	#hasWritten = false;
	#answering = false;
	#unsubscribe = () => {};

	/** @param {Session} session @param {I18n} i18n @param {(share: TypingView) => Promise<void>} answer */
	constructor(session, i18n, answer) {
		this.#session = session;
		this.#i18n = i18n;
		this.#answer = answer;
		// There from the beginning: what comes into it is announced, and the focus stays where somebody writes.
		this.element = element("div", { class: "typing-question-place", role: "status" });
		session.on("me", () => this.#render());
		session.on("change", () => {
			this.#hasWritten = false;
		});
	}

	/** @param {Conversation} conversation */
	show({ draft }) {
		this.#unsubscribe();
		const look = () => {
			this.#hasWritten ||= draft.text !== "";
			this.#render();
		};
		this.#unsubscribe = draft.on("change", look);
		look();
	}

	#render() {
		const isOpen = this.#hasWritten && !this.#answering && this.#session.me?.share_typing === null;
		if (!isOpen) this.element.replaceChildren();
		else if (!this.element.firstChild) this.element.append(this.#question());
	}

	#question() {
		const buttons = choices(this.#i18n, "share").map((choice) => this.#button(choice));
		return element(
			"section",
			{ id: "typing-question", "aria-labelledby": "typing-question-title" },
			element("h2", { id: "typing-question-title" }, this.#i18n.text("question.title")),
			element("p", {}, this.#i18n.text("question.text")),
			element("div", { class: "question-answers" }, ...buttons),
			element("p", { class: "question-later" }, this.#i18n.text("question.later")),
		);
	}

	/** @param {import("./typing-options.js").Choice} choice */
	#button({ value, icon: picture, label, hint }) {
		const isAdvised = value === "letters";
		const attributes = {
			type: "button",
			class: isAdvised ? "button small" : "button small quiet",
			"data-share": value,
			title: hint,
		};
		const button = element("button", attributes, icon(picture), label);
		// The field keeps the focus, and a phone its keyboard.
		button.addEventListener("pointerdown", (event) => event.preventDefault());
		button.addEventListener("click", () => this.#choose(value));
		return button;
	}

	/** Gone at once; it comes back if the answer did not arrive. @param {TypingView} share */
	async #choose(share) {
		this.#answering = true;
		this.#render();
		await this.#answer(share);
		this.#answering = false;
		this.#render();
	}
}
