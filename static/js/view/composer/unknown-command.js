import { commandIn, suggestCommands } from "../../model/completion/command-line.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").CommandHelp} CommandHelp */

/** Reports an unknown command, and offers similar commands and sending the text as a message. */
export class UnknownCommand {
	#i18n;
	#callbacks;

	/**
	 * @param {I18n} i18n
	 * @param {{correct: (text: string) => void, sendAsText: (text: string) => void}} callbacks
	 */
	constructor(i18n, callbacks) {
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		this.element = element("div", { class: "unknown-command", role: "alert", id: "unknown-command", hidden: true });
	}

	/** @param {string} text @param {readonly CommandHelp[]} commands */
	show(text, commands) {
		const { name, end } = commandIn(text);
		const suggestions = suggestCommands(commands, name);
		const message = this.#i18n.text(suggestions.length > 0 ? "command.meant" : "command.unknown", { name: `/${name}` });
		this.element.replaceChildren(
			element("span", {}, message),
			...suggestions.map((each) =>
				this.#button(`/${each.name}`, () => this.#callbacks.correct(`/${each.name}${text.slice(end)}`)),
			),
			this.#button(this.#i18n.text("command.asText"), () => this.#callbacks.sendAsText(text)),
		);
		this.element.hidden = false;
	}

	hide() {
		this.element.hidden = true;
		this.element.replaceChildren();
	}

	/** @param {string} label @param {() => void} onClick */
	#button(label, onClick) {
		const button = element("button", { type: "button", class: "button small quiet" }, label);
		button.addEventListener("click", onClick);
		return button;
	}
}
