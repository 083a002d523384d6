import { Refusal } from "../../model/base/refusal.js";
import { element, isComposed } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { PasswordField } from "../ui/password-field.js";
import { button, hint, Section } from "./section.js";

/** @typedef {import("../actions.js").AccountActions} AccountActions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/session.js").Session} Session */

const EXPORT = "/api/me/export";

/** Exports the user's data, and deletes the account. */
export class DataSection {
	#session;
	#i18n;
	#account;
	#section;

	/** @param {Session} session @param {I18n} i18n @param {AccountActions} account */
	constructor(session, i18n, account) {
		this.#session = session;
		this.#i18n = i18n;
		this.#account = account;
		this.#section = new Section("data", i18n);
		this.element = this.#section.element;
		const exportLink = element(
			"a",
			{ class: "button small quiet", href: EXPORT, download: true, id: "export" },
			icon("down"),
			i18n.text("data.export"),
		);
		const deleteButton = button(i18n.text("data.delete"), () => this.#confirmDelete(), { id: "delete-account" });
		deleteButton.classList.add("risky");
		this.#section.fill(
			hint(i18n.text("data.hint")),
			element("div", { class: "buttons start" }, exportLink),
			hint(i18n.text("data.delete.hint")),
			element("div", { class: "buttons start" }, deleteButton),
		);
	}

	/** Ask what happens to the messages, and for the password. */
	#confirmDelete() {
		const { me } = this.#session;
		if (!me) return;
		const password = new PasswordField(this.#i18n, {
			id: "delete-password",
			label: this.#i18n.text("data.delete.password"),
			autocomplete: "current-password",
			describedBy: "delete-error",
		});
		password.element.hidden = !me.has_password;
		const error = element("p", { class: "error", id: "delete-error", role: "alert" });
		const confirmButton = element(
			"button",
			{ class: "button danger", id: "confirm-delete" },
			this.#i18n.text("data.delete.yes"),
		);
		const dialog = this.#dialog(me.name, password, error, confirmButton);
		dialog.addEventListener("submit", async (event) => {
			if (event.submitter !== confirmButton) return;
			event.preventDefault();
			confirmButton.disabled = true;
			error.textContent = await this.#deleteAccount(dialog, password);
			confirmButton.disabled = false;
			if (!error.textContent) dialog.close();
		});
		// By default, Enter presses the first button, which cancels.
		password.input.addEventListener("keydown", (event) => {
			if (event.key !== "Enter" || isComposed(event)) return;
			event.preventDefault();
			confirmButton.click();
		});
		dialog.addEventListener("close", () => dialog.remove());
		document.body.append(dialog);
		dialog.showModal();
	}

	/**
	 * @param {string} name
	 * @param {PasswordField} password
	 * @param {HTMLElement} error
	 * @param {HTMLElement} confirmButton
	 */
	#dialog(name, password, error, confirmButton) {
		const choices = ["keep", "remove"].map((value) =>
			element(
				"label",
				{ class: "option" },
				element("input", { type: "radio", name: "messages", value, checked: value === "keep" }),
				element("span", { class: "option-words" }, this.#i18n.text(`data.delete.${value}`)),
			),
		);
		const cancel = element(
			"button",
			{ class: "button quiet", value: "no", formnovalidate: true },
			this.#i18n.text("data.delete.no"),
		);
		const form = element(
			"form",
			{ method: "dialog" },
			element("h2", { id: "delete-title", dir: "auto" }, this.#i18n.text("data.delete.title", { name })),
			element("p", {}, this.#i18n.text("data.delete.text")),
			element("fieldset", { class: "plain" }, ...choices),
			error,
			password.element,
			element("div", { class: "buttons" }, cancel, confirmButton),
		);
		return element("dialog", { class: "confirm", "aria-labelledby": "delete-title" }, form);
	}

	/**
	 * @param {HTMLElement} dialog
	 * @param {PasswordField} password
	 * @returns {Promise<string>} an error text; empty on success
	 */
	async #deleteAccount(dialog, password) {
		const choice = /** @type {HTMLInputElement | null} */ (dialog.querySelector('[name="messages"]:checked'));
		const messages = choice?.value === "remove" ? "remove" : "keep";
		if (!password.element.hidden && !password.value) return this.#i18n.text("enter.fault.noPassword");
		try {
			await this.#account.deleteAccount({ messages, ...(password.value ? { password: password.value } : {}) });
			return "";
		} catch (reason) {
			const refusal = Refusal.from(reason);
			if (refusal.code === "wrong_password") return this.#i18n.text("password.fault.wrongCurrent");
			return this.#i18n.error(refusal);
		}
	}
}
