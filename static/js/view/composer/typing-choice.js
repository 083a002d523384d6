import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { choices, TypingOptions } from "./typing-options.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/preferences.js").Preferences} Preferences */
/** @typedef {import("../../model/base/protocol.js").TypingChoices} TypingChoices */
/** @typedef {import("../../model/session/session.js").Session} Session */

const GAP_PX = 6;

/** The button that always shows what others see of the user's typing. It opens the typing options. */
export class TypingChoiceView {
	#session;
	#i18n;
	#options;
	#button;
	#panel;

	/**
	 * @param {Session} session
	 * @param {Preferences} preferences
	 * @param {I18n} i18n
	 * @param {(choices: Partial<TypingChoices>) => void} choose
	 */
	constructor(session, preferences, i18n, choose) {
		this.#session = session;
		this.#i18n = i18n;
		this.#options = new TypingOptions(session, preferences, i18n, choose);
		this.#button = element("button", {
			type: "button",
			id: "typing-choice",
			class: "typing-choice",
			"aria-haspopup": "dialog",
			"aria-expanded": "false",
		});
		this.#panel = this.#makePanel();
		this.element = element("div", { class: "typing-line" }, this.#button, this.#panel);
		this.#button.addEventListener("click", () => this.#panel.togglePopover());
		this.#panel.addEventListener("toggle", (event) => this.#toggled(/** @type {ToggleEvent} */ (event)));
		session.on("me", () => this.#render());
		this.#render();
	}

	#makePanel() {
		const attributes = {
			id: "typing-panel",
			class: "typing-panel",
			popover: "auto",
			role: "dialog",
			"aria-label": this.#i18n.text("typing.title"),
		};
		return element("div", attributes, this.#options.element);
	}

	/** @param {ToggleEvent} event */
	#toggled({ newState }) {
		const open = newState === "open";
		this.#button.setAttribute("aria-expanded", String(open));
		if (!open) return;
		this.#options.render();
		place(this.#panel, this.#button.getBoundingClientRect());
		this.#options.focus();
	}

	#render() {
		const share = this.#session.me?.share_typing ?? "indicator";
		const state = choices(this.#i18n, "share").find(({ value }) => value === share);
		this.#button.dataset.share = share;
		if (state)
			this.#button.replaceChildren(icon(state.icon), element("span", {}, this.#i18n.text(`typing.state.${share}`)));
	}
}

/** Position the panel above the button, inside the window. @param {HTMLElement} panel @param {DOMRect} anchor */
function place(panel, anchor) {
	const left = Math.min(anchor.left, innerWidth - panel.offsetWidth - GAP_PX);
	panel.style.setProperty("left", `${Math.max(left, GAP_PX)}px`);
	panel.style.setProperty("bottom", `${innerHeight - anchor.top + GAP_PX}px`);
	panel.style.setProperty("max-height", `${anchor.top - 2 * GAP_PX}px`);
}
