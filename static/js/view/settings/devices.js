import { describeDevice } from "../../model/session/user-agent.js";
import { Dates } from "../format/dates.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Device} Device */

/** The user's sessions, with a button to sign out of each. */
export class DevicesSection {
	#i18n;
	#account;
	#signOut;
	#dates;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "devices-title" });

	/** @param {I18n} i18n @param {AccountActions} account @param {() => Promise<void>} signOut */
	constructor(i18n, account, signOut) {
		this.#i18n = i18n;
		this.#account = account;
		this.#signOut = signOut;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("devices", i18n);
		this.#section.fill(this.#list);
		this.element = this.#section.element;
	}

	async load() {
		await this.#section.attempt(async () => {
			const devices = await this.#account.devices();
			this.#list.replaceChildren(...devices.map((device) => this.#row(device)));
		});
	}

	/** The next user of this browser must not see them. */
	clear() {
		this.#list.replaceChildren();
		this.#section.clear();
	}

	/** @param {Device} device */
	#row(device) {
		const description = describeDevice(device.agent);
		const name = this.#nameOf(description);
		const badge = element("span", { class: "you" }, this.#i18n.text("devices.current"));
		return element(
			"li",
			{ "data-session": device.id, "data-current": device.current },
			icon(description.kind),
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-name", title: device.agent }, name),
				device.current ? badge : null,
				element("span", { class: "entry-more" }, this.#usageText(device)),
			),
			this.#button(device, name),
		);
	}

	/** @param {Device} device @param {string} name */
	#button(device, name) {
		const label = this.#i18n.text("devices.signOut");
		const attributes = { type: "button", class: "button small quiet", "aria-label": `${label}: ${name}` };
		const button = element("button", attributes, label);
		button.addEventListener("click", () => this.#revoke(device, button));
		return button;
	}

	/** @param {Device} device @param {HTMLButtonElement} button */
	async #revoke({ id, current }, button) {
		button.disabled = true;
		if (current) await this.#section.attempt(this.#signOut);
		else {
			await this.#section.change(
				() => this.#account.revokeSession(id),
				() => this.load(),
			);
		}
		button.disabled = false;
	}

	/** @param {import("../../model/session/user-agent.js").Description} description */
	#nameOf({ app, system }) {
		if (app && system) return this.#i18n.text("devices.on", { app, system });
		return app ?? system ?? this.#i18n.text("devices.unknown");
	}

	/** @param {Device} device */
	#usageText({ address, used, current }) {
		const when = current
			? this.#i18n.text("devices.now")
			: this.#i18n.text("devices.used", { ago: this.#dates.ago(used) });
		return `${address} · ${when}`;
	}
}
