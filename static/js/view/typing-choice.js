import { element } from "./elements.js";
import { icon } from "./icons.js";
import { choices } from "./typing-words.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("./typing-words.js").Choice} Choice */
/** @typedef {import("../model/preferences.js").Preferences} Preferences */
/** @typedef {import("../model/protocol.js").TypingChoices} TypingChoices */
/** @typedef {import("../model/session.js").Session} Session */

const GAP_PX = 6;

/** Always in sight: what others see of my typing. Opens the choices about that, and about what I see of others. */
export class TypingChoiceView {
	#session;
	#i18n;
	#preferences;
	#choose;
	#button;
	#panel;
	#announce = element("input", { type: "checkbox", id: "announce-words" });

	/**
	 * @param {Session} session
	 * @param {Preferences} preferences
	 * @param {I18n} i18n
	 * @param {(choices: Partial<TypingChoices>) => void} choose
	 */
	constructor(session, preferences, i18n, choose) {
		this.#session = session;
		this.#preferences = preferences;
		this.#i18n = i18n;
		this.#choose = choose;
		this.#button = element("button", {
			type: "button",
			id: "typing-choice",
			class: "typing-choice",
			"aria-haspopup": "dialog",
			"aria-expanded": "false",
		});
		this.#panel = this.#makePanel();
		this.element = element("div", { class: "typing-line" }, this.#button, this.#panel);
		this.#listen();
		session.on("me", () => this.#render());
		preferences.on("change", () => this.#render());
		this.#render();
	}

	open() {
		this.#panel.showPopover();
	}

	#makePanel() {
		const attributes = {
			id: "typing-panel",
			class: "typing-panel",
			popover: "auto",
			role: "dialog",
			"aria-label": this.#i18n.text("typing.title"),
		};
		return element("div", attributes, this.#group("share"), this.#group("see"), this.#announceOption());
	}

	/** @param {"share" | "see"} side */
	#group(side) {
		const options = choices(this.#i18n, side).map((choice) => option(side, choice));
		return element("fieldset", {}, element("legend", {}, this.#i18n.text(`typing.${side}`)), ...options);
	}

	#announceOption() {
		const hint = element("span", { class: "option-hint" }, this.#i18n.text("typing.announce.hint"));
		const words = element("span", { class: "option-words" }, this.#i18n.text("typing.announce"), hint);
		return element("div", { class: "announce-option" }, element("label", { class: "option" }, this.#announce, words));
	}

	#listen() {
		this.#button.addEventListener("click", () => this.#panel.togglePopover());
		this.#panel.addEventListener("toggle", (event) => this.#toggled(/** @type {ToggleEvent} */ (event)));
		this.#panel.addEventListener("change", ({ target }) => this.#changed(/** @type {HTMLInputElement} */ (target)));
	}

	/** @param {ToggleEvent} event */
	#toggled({ newState }) {
		const open = newState === "open";
		this.#button.setAttribute("aria-expanded", String(open));
		if (!open) return;
		this.#render();
		place(this.#panel, this.#button.getBoundingClientRect());
		/** @type {HTMLElement | null} */ (this.#panel.querySelector("input:checked"))?.focus();
	}

	/** @param {HTMLInputElement} input */
	#changed(input) {
		if (input === this.#announce) this.#preferences.announceWords = input.checked;
		else this.#choose({ [`${input.name}_typing`]: input.value });
	}

	#render() {
		const { share_typing: share = null, see_typing: see = "letters" } = this.#session.me ?? {};
		const shown = share ?? "indicator";
		const state = choices(this.#i18n, "share").find(({ value }) => value === shown);
		this.#button.dataset.share = shown;
		if (state)
			this.#button.replaceChildren(icon(state.icon), element("span", {}, this.#i18n.text(`typing.state.${shown}`)));
		for (const [name, value] of [
			["share", shown],
			["see", see],
		]) {
			const input = this.#panel.querySelector(`input[name="${name}"][value="${value}"]`);
			/** @type {HTMLInputElement} */ (input).checked = true;
		}
		this.#announce.checked = this.#preferences.announceWords;
	}
}

/** @param {"share" | "see"} side @param {Choice} choice */
function option(side, { value, icon: picture, label, hint }) {
	return element(
		"label",
		{ class: "option" },
		element("input", { type: "radio", name: side, value }),
		icon(picture),
		element("span", { class: "option-words" }, label, element("span", { class: "option-hint" }, hint)),
	);
}

/** Above the button, inside the window. @param {HTMLElement} panel @param {DOMRect} around */
function place(panel, around) {
	const left = Math.min(around.left, innerWidth - panel.offsetWidth - GAP_PX);
	panel.style.setProperty("left", `${Math.max(left, GAP_PX)}px`);
	panel.style.setProperty("bottom", `${innerHeight - around.top + GAP_PX}px`);
	panel.style.setProperty("max-height", `${around.top - 2 * GAP_PX}px`);
}
