import { element } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").PluginActions} PluginActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").PluginState} PluginState */

/** The plugins: the commands of each or why it failed, and a button to switch it on or off. */
export class PluginsSection {
	roles = /** @type {const} */ (["admin"]);
	#i18n;
	#plugins;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "plugins-title" });

	/** @param {I18n} i18n @param {PluginActions} plugins */
	constructor(i18n, plugins) {
		this.#i18n = i18n;
		this.#plugins = plugins;
		this.#section = new Section("plugins", i18n);
		this.#section.fill(hint(i18n.text("plugins.hint")), this.#list);
		this.element = this.#section.element;
	}

	load() {
		return this.#section.attempt(async () => {
			const plugins = await this.#plugins.plugins();
			this.#list.replaceChildren(...plugins.map((plugin) => this.#row(plugin)));
		});
	}

	clear() {
		this.#list.replaceChildren();
		this.#section.clear();
	}

	/** @param {PluginState} plugin */
	#row({ name, enabled, commands, reason, paused_s: pausedS }) {
		const detail =
			reason || commands.map((command) => `/${command}`).join(" ") || this.#i18n.text("plugins.noCommands");
		const paused = pausedS > 0 ? this.#i18n.text("plugins.paused", { count: Math.ceil(pausedS / 60) }) : null;
		return element(
			"li",
			{ "data-plugin": name, "data-failed": Boolean(reason) },
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-name" }, name),
				paused ? element("span", { class: "error" }, paused) : null,
				element("span", { class: reason ? "error" : "entry-more" }, detail),
			),
			reason ? null : this.#switch(name, enabled),
		);
	}

	/** @param {string} name @param {boolean} enabled */
	#switch(name, enabled) {
		const label = this.#i18n.text(enabled ? "plugins.switchOff" : "plugins.switchOn");
		const toggle = async () => {
			if (!(await this.#section.attempt(() => this.#plugins.setPluginEnabled(name, !enabled)))) return;
			await this.load();
			/** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-plugin="${name}"] button`))?.focus();
		};
		return button(label, toggle, { "aria-label": `${label}: ${name}` });
	}
}
