import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { choices } from "./typing-options.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").TypingView} TypingView */
/** @typedef {import("../../model/session/session.js").Session} Session */

/** Asks what others may see of the user's typing. Appears at the user's first letter and stays until it is answered. */
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
		// In the page from the start: screen readers announce what is added to it, and the focus stays in the field.
		this.element = element("div", { class: "typing-question-place", role: "status" });
		session.on("me", () => this.#render());
		session.on("change", () => {
			this.#hasWritten = false;
		});
	}

	/** @param {Conversation} conversation */
	show({ draft }) {
		this.#unsubscribe();
		const update = () => {
			this.#hasWritten ||= draft.text !== "";
			this.#render();
		};
		this.#unsubscribe = draft.on("change", update);
		update();
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
	#button({ value, icon: iconName, label, hint }) {
		const isRecommended = value === "letters";
		const attributes = {
			type: "button",
			class: isRecommended ? "button small" : "button small quiet",
			"data-share": value,
			title: hint,
		};
		const button = element("button", attributes, icon(iconName), label);
		// The field keeps the focus, so the on-screen keyboard of a phone stays open.
		button.addEventListener("pointerdown", (event) => event.preventDefault());
		button.addEventListener("click", () => this.#choose(value));
		return button;
	}

	/** Hide the question at once. It comes back if the answer could not be saved. @param {TypingView} share */
	async #choose(share) {
		this.#answering = true;
		this.#render();
		await this.#answer(share);
		this.#answering = false;
		this.#render();
	}
}
