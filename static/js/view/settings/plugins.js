import { element } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").PluginActions} PluginActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").PluginState} PluginState */

/** The plugins: what each does, its commands, or why it failed, and a button to switch it on or off. */
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
	#row(plugin) {
		const { name, enabled, reason, paused_s: pausedS } = plugin;
		const paused = pausedS > 0 ? this.#i18n.text("plugins.paused", { count: Math.ceil(pausedS / 60) }) : null;
		return element(
			"li",
			{ "data-plugin": name, "data-failed": Boolean(reason) },
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-name" }, name),
				paused ? element("span", { class: "error" }, paused) : null,
				...(reason ? [element("span", { class: "error" }, reason)] : this.#about(plugin)),
			),
			reason ? null : this.#switch(name, enabled),
		);
	}

	/** What a plugin does, and its commands. @param {PluginState} plugin */
	#about({ description, usages }) {
		if (usages.length === 0)
			return [element("span", { class: "entry-more" }, description || this.#i18n.text("plugins.noCommands"))];
		// The summaries of Ting's own commands are translated, and say what their plugins do.
		const isOwn = usages.every((usage) => this.#i18n.translates(usage));
		const about = isOwn || !description ? [] : [element("span", { class: "entry-more", dir: "auto" }, description)];
		const commands = usages.map((usage) =>
			element(
				"li",
				{},
				element("code", { dir: "ltr" }, usage.usage),
				element("span", { class: "entry-more", dir: "auto" }, this.#i18n.command(usage)),
			),
		);
		return [...about, element("ul", { class: "plugin-commands" }, ...commands)];
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
