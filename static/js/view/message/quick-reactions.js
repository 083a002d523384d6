import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */

/** The emoji that are one press away at each message: in the bar, and in a row at the top of the menu. */
export class QuickReactions {
	#world;
	#i18n;
	#react;
	/** The place of the buttons in the bar. */
	node = element("span", { class: "message-bar-emoji" });

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {(message: Message, emoji: string, on: boolean) => void} react
	 */
	constructor(world, i18n, react) {
		this.#world = world;
		this.#i18n = i18n;
		this.#react = react;
	}

	/** Draw the buttons of the bar for a message. @param {Message} message */
	show(message) {
		this.node.replaceChildren(...this.#items(message).map(button));
	}

	/** The row of the menu. @param {Message} message */
	row(message) {
		return { label: this.#i18n.text("message.react"), items: this.#items(message) };
	}

	/** @param {Message} message @returns {import("../ui/menu.js").RowItem[]} */
	#items(message) {
		const { preferences, session } = this.#world;
		return preferences.emoji.quick.map((emoji) => {
			const checked = message.reactions?.[emoji]?.includes(session.me?.id ?? "") ?? false;
			const label = this.#i18n.text("message.reactWith", { emoji });
			return { text: emoji, label, checked, choose: () => this.#react(message, emoji, !checked) };
		});
	}
}

/** @param {import("../ui/menu.js").RowItem} item */
function button({ text, label, checked, choose }) {
	const attributes = { class: "icon-button", tabindex: "-1", "aria-pressed": String(checked), title: label };
	const node = element("button", { type: "button", ...attributes, "aria-label": label }, text);
	node.addEventListener("click", choose);
	return node;
}
