import { avatar } from "../format/avatar.js";
import { element, typesWithFingers } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { openMenu } from "../ui/menu.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../ui/menu.js").MenuEntry} MenuEntry */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} AccountCallbacks
 * @property {(section: string) => void} settings opens the settings at a section
 * @property {() => void} signOut
 * @property {() => void} shortcuts shows the keyboard shortcuts
 * @property {(reason: unknown) => void} reportError
 */

/** The themes with their icons; null is that of the system. */
const THEMES = /** @type {const} */ ([
	["light", "sun"],
	["dark", "moon"],
	[null, "computer"],
]);

/** The user's picture and name at the foot of the list. It opens the account menu, and has a mark without connection. */
export class AccountButton {
	#world;
	#i18n;
	#account;
	#callbacks;
	#picture = element("span", { class: "account-picture" });
	#name = element("bdi", { class: "account-name" });
	#connection = element("span", { id: "connection" });
	#connectionText = element("span", { class: "hidden" });
	element;

	/** @param {World} world @param {I18n} i18n @param {Pick<Actions["account"], "update">} account @param {AccountCallbacks} callbacks */
	constructor(world, i18n, account, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#account = account;
		this.#callbacks = callbacks;
		this.#connection.append(this.#connectionText);
		this.element = element(
			"button",
			{ type: "button", id: "account", class: "account-button", "aria-haspopup": "menu", "aria-expanded": "false" },
			this.#picture,
			this.#name,
			element("span", { class: "hidden" }, i18n.text("account.label")),
			this.#connection,
			icon("more"),
		);
		this.element.addEventListener("click", () => openMenu(this.element, i18n.text("account.menu"), this.#items()));
		world.session.on("me", () => this.#renderUser());
		world.session.on("change", () => this.#renderUser());
		world.connection.on("change", () => this.#renderConnection());
		this.#renderUser();
		this.#renderConnection();
	}

	#renderUser() {
		const { me } = this.#world.session;
		this.#name.textContent = me?.name ?? "";
		this.#picture.replaceChildren(...(me ? [avatar(me)] : []));
	}

	#renderConnection() {
		const { live, state } = this.#world.connection;
		this.#connection.dataset.state = state;
		this.#connectionText.textContent = this.#i18n.text(live ? "link.live" : "link.notLive");
	}

	/** @returns {MenuEntry[]} */
	#items() {
		const { settings, signOut } = this.#callbacks;
		const { name = "", has_password: hasPassword = true } = this.#world.session.me ?? {};
		const { live } = this.#world.connection;
		const text = (/** @type {string} */ key) => this.#i18n.text(key);
		return [
			{ icon: live ? "check" : "offline", label: text(live ? "link.live" : "link.notLive"), id: "account-status" },
			...(hasPassword
				? []
				: [
						{
							icon: /** @type {const} */ ("key"),
							label: text("menu.keep"),
							id: "keep",
							choose: () => settings("password"),
						},
					]),
			{ icon: "person", label: text("menu.profile"), id: "profile-link", choose: () => settings("profile") },
			{ icon: "settings", label: text("menu.settings"), id: "settings", choose: () => settings("") },
			{ group: text("looks.theme"), items: this.#themes() },
			{
				group: "",
				items: [
					...this.#shortcuts(),
					{ icon: "leave", label: this.#i18n.text("menu.leave", { name }), id: "leave", choose: signOut },
				],
			},
		];
	}

	/** A device with an on-screen keyboard only has no use for them. @returns {import("../ui/menu.js").MenuItem[]} */
	#shortcuts() {
		if (typesWithFingers()) return [];
		return [
			{
				icon: "keyboard",
				label: this.#i18n.text("shortcuts.title"),
				id: "shortcuts-item",
				choose: this.#callbacks.shortcuts,
			},
		];
	}

	/** @returns {import("../ui/menu.js").MenuItem[]} */
	#themes() {
		const { theme = null } = this.#world.session.me ?? {};
		return THEMES.map(([value, iconName]) => ({
			icon: iconName,
			label: this.#i18n.text(`looks.theme.${value ?? "system"}`),
			checked: value === theme,
			choose: () => this.#account.update({ theme: value }).catch(this.#callbacks.reportError),
		}));
	}
}
