import { codePoints } from "../../model/base/names.js";
import { Refusal } from "../../model/base/refusal.js";
import { element, holdsFocus, iconButton, isComposed } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** The topic of a channel: one line that users can edit in place. */
export class TopicView {
	#world;
	#i18n;
	#save;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {() => void} */
	#unsubscribe = () => {};
	/** The request that the open form waits for; the answer to any other is ignored. @type {object | null} */
	#saving = null;
	#text = element("span", { id: "topic", dir: "auto" });
	#button;
	#input;
	#form;
	#error = element("p", { class: "error", role: "alert" });

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {(channel: string, topic: string) => Promise<void>} save
	 */
	constructor(world, i18n, save) {
		this.#world = world;
		this.#i18n = i18n;
		this.#save = save;
		const change = i18n.text("topic.change");
		this.#button = element(
			"button",
			{ type: "button", class: "topic-button", title: change },
			this.#text,
			icon("pencil"),
		);
		this.#button.append(element("span", { class: "hidden" }, change));
		this.#input = element("input", {
			type: "text",
			id: "topic-input",
			dir: "auto",
			"aria-label": i18n.text("topic.label"),
		});
		this.#form = element(
			"form",
			{ class: "topic-form", hidden: true },
			this.#input,
			iconButton(icon("check"), i18n.text("topic.save"), { type: "submit", class: "icon-button" }),
			iconButton(icon("close"), i18n.text("topic.cancel"), { class: "icon-button", "data-cancel": true }),
			this.#error,
		);
		this.element = element("div", { class: "topic" }, this.#button, this.#form);
		this.#listen();
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		this.#unsubscribe();
		this.#conversation = conversation;
		this.#unsubscribe = conversation.on("topic", () => this.#render());
		this.#close();
		this.#render();
	}

	#render() {
		const topic = this.#conversation?.topic ?? "";
		this.#text.textContent = topic || this.#i18n.text("topic.none");
		this.#text.classList.toggle("none", !topic);
	}

	#listen() {
		this.#button.addEventListener("click", () => this.edit());
		this.#form.querySelector("[data-cancel]")?.addEventListener("click", () => this.#close(true));
		this.#form.addEventListener(
			"keydown",
			(event) => event.key === "Escape" && !isComposed(event) && this.#close(true),
		);
		this.#input.addEventListener("input", () => this.#check());
		this.#form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
	}

	/** Let the user change the topic. */
	edit() {
		this.#input.value = this.#conversation?.topic ?? "";
		this.#error.textContent = "";
		this.#form.hidden = false;
		this.#button.hidden = true;
		this.#input.focus();
		this.#input.select();
	}

	/** @param {boolean} [focus] whether to return the focus to the button */
	#close(focus = false) {
		this.#saving = null;
		this.#form.hidden = true;
		this.#button.hidden = false;
		if (focus) this.#button.focus();
	}

	/** @returns {boolean} whether it may be saved */
	#check() {
		const fits = codePoints(this.#input.value.trim()) <= this.#world.limits.topic;
		this.#error.textContent = fits ? "" : this.#i18n.error({ code: "bad_topic", message: "" });
		return fits;
	}

	async #submit() {
		const conversation = this.#conversation;
		if (!conversation || !this.#check()) return;
		const saving = {};
		this.#saving = saving;
		try {
			await this.#save(conversation.name, this.#input.value.trim());
			if (saving === this.#saving) this.#close(holdsFocus(this.#form));
		} catch (reason) {
			if (saving === this.#saving) this.#error.textContent = this.#i18n.error(Refusal.from(reason));
		}
	}
}
