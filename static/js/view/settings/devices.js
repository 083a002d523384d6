import { describeDevice } from "../../model/session/user-agent.js";
import { Dates } from "../format/dates.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Device} Device */

/** Where I am signed in, and the way out of each. */
export class DevicesSection {
	#i18n;
	#account;
	#leave;
	#dates;
	#section;
	#list = element("ul", { class: "entries", "aria-labelledby": "devices-title" });

	/** @param {I18n} i18n @param {AccountActions} account @param {() => Promise<void>} leave */
	constructor(i18n, account, leave) {
		this.#i18n = i18n;
		this.#account = account;
		this.#leave = leave;
		this.#dates = new Dates(i18n.locale);
		this.#section = new Section("devices", i18n);
		this.#section.fill(this.#list);
		this.element = this.#section.element;
	}

	/** As the server knows them now. */
	async load() {
		await this.#section.attempt(async () => {
			const devices = await this.#account.devices();
			this.#list.replaceChildren(...devices.map((device) => this.#row(device)));
		});
	}

	/** Another person's must never be seen. */
	clear() {
		this.#list.replaceChildren();
		this.#section.clear();
	}

	/** @param {Device} device */
	#row(device) {
		const described = describeDevice(device.agent);
		const name = this.#nameOf(described);
		const badge = element("span", { class: "you" }, this.#i18n.text("devices.current"));
		return element(
			"li",
			{ "data-session": device.id, "data-current": device.current },
			icon(described.kind),
			element(
				"div",
				{ class: "entry-words" },
				element("span", { class: "entry-name", title: device.agent }, name),
				device.current ? badge : null,
				element("span", { class: "entry-more" }, this.#useOf(device)),
			),
			this.#button(device, name),
		);
	}

	/** @param {Device} device @param {string} name */
	#button(device, name) {
		const label = this.#i18n.text("devices.signOut");
		const attributes = { type: "button", class: "button small quiet", "aria-label": `${label}: ${name}` };
		const button = element("button", attributes, label);
		button.addEventListener("click", () => this.#end(device, button));
		return button;
	}

	/** @param {Device} device @param {HTMLButtonElement} button */
	async #end({ id, current }, button) {
		button.disabled = true;
		if (current) await this.#section.attempt(this.#leave);
		else {
			await this.#section.change(
				() => this.#account.revokeSession(id),
				() => this.load(),
			);
		}
		button.disabled = false;
	}

	/** @param {import("../../model/session/user-agent.js").Description} described */
	#nameOf({ app, system }) {
		if (app && system) return this.#i18n.text("devices.on", { app, system });
		return app ?? system ?? this.#i18n.text("devices.unknown");
	}

	/** @param {Device} device */
	#useOf({ address, used, current }) {
		const when = current
			? this.#i18n.text("devices.now")
			: this.#i18n.text("devices.used", { ago: this.#dates.ago(used) });
		return `${address} · ${when}`;
	}
}
