import { codePoints } from "../model/names.js";
import { isCommand } from "../model/text.js";
import { element, grow, iconButton, isSubmitKey, setAttribute } from "./elements.js";
import { icon } from "./icons.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/conversation.js").Conversation} Conversation */
/** @typedef {import("../model/outbox.js").Entry} Entry */
/** @typedef {import("../model/world.js").World} World */

/** So many characters before the limit, the counter appears. */
const COUNTER_FROM = 400;

/** Where messages are written. */
export class ComposerView {
	#world;
	#i18n;
	#does;
	/** @type {Conversation | null} */
	#conversation = null;
	#error = element("p", { class: "error", id: "composer-error", role: "alert" });
	#counter = element("span", { class: "counter", id: "composer-counter", role: "status" });
	#area;
	#send;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {{sent: () => void, editLast: () => boolean}} does
	 */
	constructor(world, i18n, does) {
		this.#world = world;
		this.#i18n = i18n;
		this.#does = does;
		this.#area = element("textarea", {
			id: "composer-text",
			rows: 1,
			dir: "auto",
			enterkeyhint: "send",
			"aria-label": i18n.text("composer.label"),
			"aria-describedby": "composer-error composer-counter",
		});
		this.#send = iconButton(icon("send"), i18n.text("composer.send"), { type: "submit", class: "send-button" });
		this.element = element(
			"form",
			{ id: "composer" },
			this.#error,
			element("div", { class: "composer-field" }, this.#area, this.#counter, this.#send),
		);
		this.#listen();
	}

	focus() {
		this.#area.focus();
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		if (this.#conversation) this.#conversation.composed = this.#area.value;
		this.#conversation = conversation;
		this.#area.placeholder = this.#i18n.text("composer.placeholder", { name: conversation.id });
		this.#put(conversation.composed);
	}

	#listen() {
		this.#area.addEventListener("input", () => this.#changed());
		this.#area.addEventListener("keydown", (event) => this.#key(event));
		// Keep the keyboard of a phone open.
		this.#send.addEventListener("pointerdown", (event) => event.preventDefault());
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
		this.#world.outbox.on("refused", (entry) => this.#takeBack(entry));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isSubmitKey(event)) {
			event.preventDefault();
			this.#submit();
		} else if (event.key === "ArrowUp" && this.#area.value === "" && this.#does.editLast()) {
			event.preventDefault();
		}
	}

	#submit() {
		const text = this.#area.value.replace(/^\s*\n/, "").trimEnd();
		if (text.trim() === "" || this.#left(text) < 0 || !this.#conversation) return this.focus();
		this.#world.outbox.add(this.#conversation.id, text);
		this.#put("");
		this.focus();
		this.#does.sent();
	}

	/** A command that was refused is to be corrected, not to be looked at. @param {Entry} entry */
	#takeBack({ id, conversation, text, refused }) {
		const { outbox } = this.#world;
		if (!refused || !isCommand(text) || !outbox.isOwn(id)) return;
		if (conversation !== this.#conversation?.id || this.#area.value !== "") return;
		outbox.remove(id);
		this.#put(text);
		this.#error.textContent = this.#i18n.error(refused);
	}

	/** @param {string} text */
	#put(text) {
		this.#area.value = text;
		this.#changed();
	}

	#changed() {
		grow(this.#area);
		const left = this.#left(this.#area.value);
		this.#counter.textContent = left <= COUNTER_FROM ? String(left) : "";
		this.#counter.classList.toggle("over", left < 0);
		this.#error.textContent = left < 0 ? this.#i18n.text("composer.tooLong", { count: -left }) : "";
		setAttribute(this.#area, "aria-invalid", left < 0 ? "true" : null);
		this.#send.disabled = left < 0 || this.#area.value.trim() === "";
	}

	/** @param {string} text how many characters may still be written */
	#left(text) {
		return this.#world.limits.text - codePoints(text);
	}
}
