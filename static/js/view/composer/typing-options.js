import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/preferences.js").Preferences} Preferences */
/** @typedef {import("../../model/base/protocol.js").TypingChoices} TypingChoices */
/** @typedef {import("../../model/base/protocol.js").TypingView} TypingView */
/** @typedef {import("../../model/session/session.js").Session} Session */
/** @typedef {import("../ui/icons.js").IconName} IconName */
/** @typedef {{value: TypingView, icon: IconName, label: string, hint: string}} Choice */

/** @type {Record<TypingView, IconName>} */
const ICONS = { letters: "eye", indicator: "hint", nothing: "hidden" };

/** The typing options: what others see of the user's typing, what the user sees of theirs, and announcements. */
export class TypingOptions {
	#session;
	#i18n;
	#preferences;
	#choose;
	#announce = element("input", { type: "checkbox", class: "announce-words" });

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
		this.element = element(
			"div",
			{ class: "typing-options" },
			this.#group("share"),
			this.#group("see"),
			this.#announceOption(),
		);
		this.element.addEventListener("change", ({ target }) => this.#changed(/** @type {HTMLInputElement} */ (target)));
		session.on("me", () => this.render());
		preferences.on("change", () => this.render());
		this.render();
	}

	render() {
		const { share_typing: share, see_typing: see = "letters" } = this.#session.me ?? {};
		for (const [name, value] of [
			["share", share ?? "indicator"],
			["see", see],
		]) {
			const input = this.element.querySelector(`input[name="${name}"][value="${value}"]`);
			/** @type {HTMLInputElement} */ (input).checked = true;
		}
		this.#announce.checked = this.#preferences.announceWords;
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.element.querySelector("input:checked"))?.focus();
	}

	/** @param {"share" | "see"} side */
	#group(side) {
		const options = choices(this.#i18n, side).map((choice) => option(side, choice));
		return element("fieldset", {}, element("legend", {}, this.#i18n.text(`typing.${side}`)), ...options);
	}

	#announceOption() {
		const hint = element("span", { class: "option-hint" }, this.#i18n.text("typing.announce.hint"));
		const label = element("span", { class: "option-words" }, this.#i18n.text("typing.announce"), hint);
		return element("div", { class: "announce-option" }, element("label", { class: "option" }, this.#announce, label));
	}

	/** @param {HTMLInputElement} input */
	#changed(input) {
		if (input === this.#announce) this.#preferences.announceWords = input.checked;
		else this.#choose({ [`${input.name}_typing`]: input.value });
	}
}

/** @param {"share" | "see"} side @param {Choice} choice */
function option(side, { value, icon: iconName, label, hint }) {
	return element(
		"label",
		{ class: "option" },
		element("input", { type: "radio", name: side, value }),
		icon(iconName),
		element("span", { class: "option-words" }, label, element("span", { class: "option-hint" }, hint)),
	);
}

/** The choices of one side, with their labels. @param {I18n} i18n @param {"share" | "see"} side @returns {Choice[]} */
export function choices(i18n, side) {
	/** @type {TypingView[]} */
	const values = ["letters", "indicator", "nothing"];
	return values.map((value) => ({
		value,
		icon: ICONS[value],
		label: i18n.text(`typing.${side}.${value}`),
		hint: i18n.text(`typing.${side}.${value}.hint`),
	}));
}
