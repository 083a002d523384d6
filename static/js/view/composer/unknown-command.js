import { commandIn, suggestCommands } from "../../model/completion/command-line.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").CommandHelp} CommandHelp */

/** Says that there is no such command, what may have been meant, and how to say it all the same. */
export class UnknownCommand {
	#i18n;
	#callbacks;

	/**
	 * @param {I18n} i18n
	 * @param {{instead: (text: string) => void, asText: (text: string) => void}} callbacks put another text, or send this one
	 */
	constructor(i18n, callbacks) {
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		this.element = element("div", { class: "unknown-command", role: "alert", id: "unknown-command", hidden: true });
	}

	/** @param {string} text @param {readonly CommandHelp[]} commands */
	show(text, commands) {
		const { name, end } = commandIn(text);
		const likely = suggestCommands(commands, name);
		const say = this.#i18n.text(likely.length > 0 ? "command.meant" : "command.unknown", { name: `/${name}` });
		this.element.replaceChildren(
			element("span", {}, say),
			...likely.map((each) =>
				this.#button(`/${each.name}`, () => this.#callbacks.instead(`/${each.name}${text.slice(end)}`)),
			),
			this.#button(this.#i18n.text("command.asText"), () => this.#callbacks.asText(text)),
		);
		this.element.hidden = false;
	}

	hide() {
		this.element.hidden = true;
		this.element.replaceChildren();
	}

	/** @param {string} label @param {() => void} choose */
	#button(label, choose) {
		const button = element("button", { type: "button", class: "button small quiet" }, label);
		button.addEventListener("click", choose);
		return button;
	}
}
