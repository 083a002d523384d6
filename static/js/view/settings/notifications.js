import { DEFAULT_NOTIFICATIONS } from "../../model/session/notifications.js";
import { permission } from "../notifications/desktop-notifications.js";
import { element, setAttribute } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").NotificationSettings} NotificationSettings */
/** @typedef {import("../../model/session/session.js").Session} Session */
/** @typedef {"sound" | "desktop" | "preview"} Switch */

/** @type {Switch[]} */
const SWITCHES = ["sound", "desktop", "preview"];
const DEFAULT_QUIET_HOURS = { quiet_from: "23:00", quiet_to: "08:00" };

/** The settings for sound, desktop notifications and quiet hours. */
export class NotificationsSection {
	#session;
	#i18n;
	#account;
	#section;
	/** @type {Map<Switch, HTMLInputElement>} */
	#switches = new Map();
	#quiet = element("input", { type: "checkbox", id: "notify-quiet" });
	#from = element("input", { type: "time", id: "quiet-from", required: true });
	#to = element("input", { type: "time", id: "quiet-to", required: true });
	#times;
	/** Shown if the account wants desktop notifications and this browser does not allow them. */
	#allowButton;

	/** @param {Session} session @param {I18n} i18n @param {AccountActions} account */
	constructor(session, i18n, account) {
		this.#session = session;
		this.#i18n = i18n;
		this.#account = account;
		this.#section = new Section("notifications", i18n);
		this.element = this.#section.element;
		this.#times = element(
			"div",
			{ class: "times" },
			element("label", { for: "quiet-from" }, i18n.text("notifications.from")),
			this.#from,
			element("label", { for: "quiet-to" }, i18n.text("notifications.to")),
			this.#to,
		);
		this.#allowButton = button(i18n.text("notifications.allow"), () => this.#allow(), { id: "allow-desktop" });
		this.#section.fill(
			...SWITCHES.map((name) => this.#switch(name)),
			this.#allowButton,
			this.#option(this.#quiet, "quiet"),
			this.#times,
			hint(i18n.text("notifications.perConversation")),
		);
		this.element.addEventListener("change", ({ target }) => this.#changed(/** @type {HTMLInputElement} */ (target)));
		session.on("me", () => this.#render());
		this.#render();
	}

	clear() {
		this.#section.clear();
	}

	/** @param {Switch} name */
	#switch(name) {
		const box = element("input", { type: "checkbox", id: `notify-${name}` });
		this.#switches.set(name, box);
		return this.#option(box, name);
	}

	/** @param {HTMLInputElement} box @param {string} name */
	#option(box, name) {
		const detail = element("span", { class: "option-hint" }, this.#i18n.text(`notifications.${name}.hint`));
		const label = element("span", { class: "option-words" }, this.#i18n.text(`notifications.${name}`), detail);
		return element("label", { class: "option" }, box, label);
	}

	/** @param {HTMLInputElement} input */
	async #changed(input) {
		if (input === this.#switches.get("desktop") && input.checked && !(await this.#requestPermission()))
			return this.#render();
		if (input.type === "time" && !input.value) return this.#render();
		if (input === this.#quiet && input.checked) {
			this.#from.value ||= DEFAULT_QUIET_HOURS.quiet_from;
			this.#to.value ||= DEFAULT_QUIET_HOURS.quiet_to;
		}
		await this.#section.attempt(() => this.#account.update({ notifications: this.#enteredSettings() }));
		this.#render();
	}

	/** The browser asks the user. */
	async #requestPermission() {
		const answer = permission() ? await Notification.requestPermission() : "denied";
		if (answer !== "granted") this.#section.showError(this.#i18n.text("notifications.desktop.denied"));
		return answer === "granted";
	}

	async #allow() {
		if (await this.#requestPermission()) this.#section.clear();
		this.#render();
	}

	/** @returns {NotificationSettings} */
	#enteredSettings() {
		const isOn = (/** @type {Switch} */ name) => Boolean(this.#switches.get(name)?.checked);
		const quiet = this.#quiet.checked;
		return {
			sound: isOn("sound"),
			desktop: isOn("desktop"),
			preview: isOn("preview"),
			quiet_from: quiet ? this.#from.value : null,
			quiet_to: quiet ? this.#to.value : null,
		};
	}

	#render() {
		const settings = { ...DEFAULT_NOTIFICATIONS, ...this.#session.me?.notifications };
		for (const [name, box] of this.#switches) box.checked = settings[name];
		const quiet = settings.quiet_from !== null && settings.quiet_to !== null;
		this.#quiet.checked = quiet;
		this.#times.hidden = !quiet;
		this.#from.value = settings.quiet_from ?? "";
		this.#to.value = settings.quiet_to ?? "";
		this.#allowButton.hidden = !settings.desktop || permission() === "granted";
		const preview = this.#switches.get("preview");
		if (preview) setAttribute(preview, "disabled", !settings.desktop);
	}
}
