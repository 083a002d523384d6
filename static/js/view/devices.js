import { describeDevice } from "../model/device.js";
import { Refusal } from "../model/refusal.js";
import { Dates } from "./dates.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/protocol.js").Device} Device */

/** Where I am signed in, and the way out of each. */
export class DevicesView {
	#i18n;
	#does;
	#dates;
	#list = element("ul", { id: "devices", class: "devices", "aria-labelledby": "devices-title" });
	#state = element("p", { class: "hint", role: "status" });

	/**
	 * @param {I18n} i18n
	 * @param {{devices: () => Promise<Device[]>, signOut: (id: string) => Promise<void>, leave: () => void}} does
	 */
	constructor(i18n, does) {
		this.#i18n = i18n;
		this.#does = does;
		this.#dates = new Dates(i18n.locale);
		this.element = element(
			"section",
			{ class: "account-part", "aria-labelledby": "devices-title" },
			element("h3", { id: "devices-title", tabindex: "-1" }, i18n.text("devices.title")),
			this.#state,
			this.#list,
		);
	}

	/** As the server knows them now. */
	async load() {
		if (!this.#list.firstChild) this.#state.textContent = this.#i18n.text("devices.loading");
		try {
			const devices = await this.#does.devices();
			this.#list.replaceChildren(...devices.map((device) => this.#row(device)));
			this.#state.textContent = "";
		} catch (reason) {
			this.#tell(reason);
		}
	}

	/** Another person's must never be seen. */
	clear() {
		this.#list.replaceChildren();
		this.#state.textContent = "";
	}

	/** @param {unknown} reason */
	#tell(reason) {
		this.#state.textContent = this.#i18n.error(Refusal.from(reason));
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
				{ class: "device-words" },
				element("span", { class: "device-name", title: device.agent }, name),
				device.current ? badge : null,
				element("span", { class: "device-use" }, this.#useOf(device)),
			),
			this.#button(device, name),
		);
	}

	/** @param {Device} device @param {string} name */
	#button(device, name) {
		const label = this.#i18n.text("devices.signOut");
		const attributes = { type: "button", class: "button small quiet", "aria-label": `${label}: ${name}` };
		const button = element("button", attributes, label);
		button.addEventListener("click", () => (device.current ? this.#does.leave() : this.#signOut(device, button)));
		return button;
	}

	/** @param {Device} device @param {HTMLButtonElement} button */
	async #signOut({ id }, button) {
		button.disabled = true;
		try {
			await this.#does.signOut(id);
			await this.load();
			this.element.querySelector("h3")?.focus();
		} catch (reason) {
			button.disabled = false;
			this.#tell(reason);
		}
	}

	/** @param {import("../model/device.js").Description} described */
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
