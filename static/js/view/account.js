import { DevicesView } from "./devices.js";
import { element, iconButton } from "./elements.js";
import { icon } from "./icons.js";
import { PasswordForm } from "./password-form.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/session.js").Session} Session */

/** What somebody does with their own name: a password, their devices, and the way to the choices about typing. */
export class AccountView {
	#session;
	#i18n;
	#does;
	#title = element("h2", { id: "account-title", dir: "auto" });
	#password;
	#devices;
	#dialog;

	/**
	 * @param {Session} session
	 * @param {I18n} i18n
	 * @param {Actions} actions
	 * @param {{leave: () => void, chooseTyping: () => void}} does
	 */
	constructor(session, i18n, actions, does) {
		this.#session = session;
		this.#i18n = i18n;
		this.#does = does;
		this.#password = new PasswordForm(session, i18n, async (password, current) => {
			await actions.setPassword(password, current);
			this.#devices.load();
		});
		this.#devices = new DevicesView(i18n, {
			devices: actions.devices,
			signOut: actions.signOut,
			leave: () => this.#closeAnd(does.leave),
		});
		this.#dialog = this.#makeDialog();
		session.on("change", () => this.#forget());
	}

	/** @param {{atPassword?: boolean}} [how] */
	open({ atPassword = false } = {}) {
		this.#title.textContent = this.#i18n.text("account.title", { name: this.#session.me?.name ?? "" });
		this.#password.reset();
		document.body.append(this.#dialog);
		this.#dialog.showModal();
		if (atPassword) this.#password.focus();
		this.#devices.load();
	}

	/** Nothing of one person is there for the next. */
	#forget() {
		this.#dialog.close();
		this.#password.reset();
		this.#devices.clear();
	}

	#makeDialog() {
		const close = iconButton(icon("close"), this.#i18n.text("account.close"), {
			class: "icon-button",
			id: "close-account",
		});
		const body = element(
			"div",
			{ class: "account-body" },
			this.#password.element,
			this.#devices.element,
			this.#typing(),
		);
		const dialog = element(
			"dialog",
			{ class: "account", id: "account-dialog", "aria-labelledby": "account-title" },
			element("header", { class: "account-heading" }, this.#title, close),
			body,
		);
		close.addEventListener("click", () => dialog.close());
		dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close());
		dialog.addEventListener("close", () => {
			this.#password.reset();
			dialog.remove();
		});
		return dialog;
	}

	#typing() {
		const button = element(
			"button",
			{ type: "button", class: "link-button", id: "account-typing" },
			this.#i18n.text("account.typing.choose"),
		);
		button.addEventListener("click", () => this.#closeAnd(this.#does.chooseTyping));
		const title = element("h3", { id: "account-typing-title" }, this.#i18n.text("account.typing"));
		return element("section", { class: "account-part", "aria-labelledby": "account-typing-title" }, title, button);
	}

	/** @param {() => void} then */
	#closeAnd(then) {
		this.#dialog.addEventListener("close", () => then(), { once: true });
		this.#dialog.close();
	}
}
