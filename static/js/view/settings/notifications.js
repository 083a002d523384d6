import { DEFAULT_NOTIFICATIONS } from "../../model/session/notifications.js";
import { permission, requestPermission } from "../notifications/permission.js";
import { element, setAttribute, setText } from "../ui/dom.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").NotificationSettings} NotificationSettings */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {"sound" | "desktop" | "preview"} Switch */

/** @type {Switch[]} */
const SWITCHES = ["sound", "desktop", "preview"];
const DEFAULT_QUIET_HOURS = { quiet_from: "23:00", quiet_to: "08:00" };

/** The settings for sound, desktop notifications and quiet hours. */
export class NotificationsSection {
	#world;
	#i18n;
	#account;
	#section;
	/** @type {Map<Switch, HTMLInputElement>} */
	#switches = new Map();
	#quiet = element("input", { type: "checkbox", id: "notify-quiet" });
	#from = element("input", { type: "time", id: "quiet-from", required: true });
	#to = element("input", { type: "time", id: "quiet-to", required: true });
	#times;
	/** What the switch for desktop notifications means on this device. */
	#desktopHint = element("span", { class: "option-hint", role: "status" });
	/** Shown if the account wants desktop notifications and this browser does not allow them. */
	#allowButton;

	/** @param {World} world @param {I18n} i18n @param {AccountActions} account */
	constructor(world, i18n, account) {
		this.#world = world;
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
		world.session.on("me", () => this.#render());
		world.notifications.on("unsupported", () => this.#render());
		this.#render();
	}

	/** The user may have changed the permission in the browser's own settings. */
	load() {
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
		const detail = name === "desktop" ? this.#desktopHint : element("span", { class: "option-hint" });
		detail.textContent = this.#i18n.text(`notifications.${name}.hint`);
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
		const desktop = input === this.#switches.get("desktop") ? input.checked : this.#settings.desktop;
		await this.#section.attempt(() => this.#account.update({ notifications: this.#enteredSettings(desktop) }));
		this.#render();
	}

	/** The browser asks the user. */
	async #requestPermission() {
		const answer = await requestPermission(this.#world.notifications);
		if (answer !== "granted") this.#section.showError(this.#i18n.text(`notifications.desktop.${answer}`));
		return answer === "granted";
	}

	async #allow() {
		if (await this.#requestPermission()) this.#section.clear();
		this.#render();
	}

	/** The settings of the account; the switch shows whether they take effect on this device. */
	get #settings() {
		return { ...DEFAULT_NOTIFICATIONS, ...this.#world.session.me?.notifications };
	}

	/** @param {boolean} desktop whether other devices show notifications @returns {NotificationSettings} */
	#enteredSettings(desktop) {
		const isOn = (/** @type {Switch} */ name) => Boolean(this.#switches.get(name)?.checked);
		const quiet = this.#quiet.checked;
		return {
			sound: isOn("sound"),
			desktop,
			preview: isOn("preview"),
			quiet_from: quiet ? this.#from.value : null,
			quiet_to: quiet ? this.#to.value : null,
		};
	}

	#render() {
		const settings = this.#settings;
		for (const [name, box] of this.#switches) box.checked = settings[name];
		this.#renderDesktop(settings.desktop);
		const quiet = settings.quiet_from !== null && settings.quiet_to !== null;
		this.#quiet.checked = quiet;
		this.#times.hidden = !quiet;
		this.#from.value = settings.quiet_from ?? "";
		this.#to.value = settings.quiet_to ?? "";
		const preview = this.#switches.get("preview");
		if (preview) setAttribute(preview, "disabled", !settings.desktop);
	}

	/** The account may want notifications that this browser does not show. @param {boolean} isWanted */
	#renderDesktop(isWanted) {
		const state = permission(this.#world.notifications);
		const isPossible = state === "granted" || state === "default";
		const box = this.#switches.get("desktop");
		if (box) box.checked = isWanted && state === "granted";
		if (box) setAttribute(box, "disabled", state === "insecure" || state === "unsupported");
		setText(this.#desktopHint, this.#i18n.text(`notifications.desktop.${isPossible ? "hint" : state}`));
		this.#allowButton.hidden = !isWanted || state !== "default";
	}
}
