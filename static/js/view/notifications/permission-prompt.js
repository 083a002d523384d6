import { DEFAULT_NOTIFICATIONS } from "../../model/session/notifications.js";
import { element } from "../ui/dom.js";
import { permission, requestPermission } from "./permission.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/world.js").World} World */

/** Asks for permission to show desktop notifications: once per browser, after the first missed message. */
export class PermissionPrompt {
	#world;
	#i18n;
	#account;
	element = element("div", { class: "desktop-question-place", role: "status" });

	/** @param {World} world @param {I18n} i18n @param {AccountActions} account */
	constructor(world, i18n, account) {
		this.#world = world;
		this.#i18n = i18n;
		this.#account = account;
		world.notifications.on("alert", () => this.#show());
		world.session.on("change", () => this.element.replaceChildren());
	}

	#show() {
		if (this.#world.pageFocus.isFocused) return;
		if (this.#world.preferences.desktopAsked || this.element.firstChild) return;
		if (permission(this.#world.notifications) !== "default") return;
		this.element.append(this.#question());
	}

	#question() {
		const text = (/** @type {string} */ key) => this.#i18n.text(`alert.question.${key}`);
		const button = (/** @type {string} */ key, /** @type {string} */ style, /** @type {() => void} */ answer) => {
			const node = element("button", { type: "button", class: style, id: `desktop-${key}` }, text(key));
			node.addEventListener("click", answer);
			return node;
		};
		return element(
			"section",
			{ id: "desktop-question", "aria-labelledby": "desktop-question-text" },
			element("p", { id: "desktop-question-text" }, text("text")),
			element(
				"div",
				{ class: "buttons" },
				button("no", "button small quiet", () => this.#answer(false)),
				button("yes", "button small", () => this.#answer(true)),
			),
		);
	}

	/** @param {import("./permission.js").Permission} answer */
	#refused(answer) {
		this.#world.current?.addNotice(this.#i18n.text(`notifications.desktop.${answer}`), Date.now());
	}

	/** @param {boolean} isWanted */
	async #answer(isWanted) {
		this.element.replaceChildren();
		this.#world.preferences.desktopAsked = true;
		if (!isWanted) return;
		const answer = await requestPermission(this.#world.notifications);
		if (answer !== "granted") return this.#refused(answer);
		const notifications = { ...DEFAULT_NOTIFICATIONS, ...this.#world.session.me?.notifications, desktop: true };
		await this.#account.update({ notifications }).catch((reason) => this.#world.emit("refused", reason));
	}
}
