import { TypingOptions } from "../composer/typing-options.js";
import { Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/world.js").World} World */

/** The section with the typing options. */
export class TypingSection {
	/** @param {World} world @param {I18n} i18n @param {AccountActions} account */
	constructor({ session, preferences }, i18n, account) {
		const section = new Section("typing", i18n);
		const options = new TypingOptions(session, preferences, i18n, async (choices) => {
			await section.attempt(() => account.update(choices));
			options.render();
		});
		section.fill(options.element);
		this.element = section.element;
	}
}
