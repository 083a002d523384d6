import { element } from "../ui/dom.js";
import { logo } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/session.js").Session} Session */

/** The screen after signing out or deleting the account, with a button to sign in again. */
export class FarewellView {
	#session;
	#i18n;
	#title = element("h1", { id: "farewell-title", dir: "auto" });
	#text = element("p", { class: "tagline" });
	#button;

	/** @param {Session} session @param {I18n} i18n */
	constructor(session, i18n) {
		this.#session = session;
		this.#i18n = i18n;
		this.#button = element("button", { type: "button", class: "button", id: "come-back" });
		this.#button.addEventListener("click", () => session.dismissFarewell());
		this.element = element(
			"main",
			{ class: "enter-screen", "aria-labelledby": "farewell-title" },
			element(
				"div",
				{ class: "enter-card farewell" },
				element("header", { class: "enter-heading" }, logo(), this.#title, this.#text),
				this.#button,
			),
		);
	}

	show() {
		const { farewell } = this.#session;
		const isDeleted = farewell?.how === "deleted";
		const isKept = Boolean(farewell?.hasPassword) && !isDeleted;
		this.#title.textContent = this.#i18n.text("farewell.title", { name: farewell?.name ?? "" });
		this.#text.textContent = this.#i18n.text(
			isDeleted ? "farewell.deleted" : isKept ? "farewell.kept" : "farewell.free",
		);
		this.#button.textContent = this.#i18n.text(isKept ? "farewell.signIn" : "farewell.enter");
		this.#button.focus();
	}
}
