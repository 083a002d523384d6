import { Dates } from "../format/dates.js";
import { element, setText } from "../ui/dom.js";
import { logo } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/session.js").Session} Session */

/** The screen of a banned user: until when, and why. Its button leads to the sign-in form, for another account. */
export class BannedView {
	#session;
	#i18n;
	#dates;
	#title = element("h1", { id: "banned-title", tabindex: "-1" });
	#until = element("p", { class: "tagline", id: "banned-until" });
	#reason = element("p", { class: "banned-reason", id: "banned-reason", dir: "auto" });

	/** @param {Session} session @param {I18n} i18n */
	constructor(session, i18n) {
		this.#session = session;
		this.#i18n = i18n;
		this.#dates = new Dates(i18n.locale);
		this.#title.textContent = i18n.text("banned.title");
		const button = element("button", { type: "button", class: "button quiet", id: "other-account" });
		button.textContent = i18n.text("banned.other");
		button.addEventListener("click", () => session.dismissFarewell());
		this.element = element(
			"main",
			{ class: "enter-screen", "aria-labelledby": "banned-title" },
			element(
				"div",
				{ class: "enter-card farewell" },
				element("header", { class: "enter-heading" }, logo(), this.#title, this.#until),
				this.#reason,
				button,
			),
		);
	}

	show() {
		const { reason = "", until = null } = this.#session.farewell?.ban ?? {};
		const when = until === null ? "" : this.#dates.moment(until);
		setText(this.#until, this.#i18n.text(until === null ? "banned.forGood" : "banned.until", { when }));
		setText(this.#reason, reason && this.#i18n.text("removal.reason", { reason }));
		this.#reason.hidden = !reason;
		this.#title.focus();
	}
}
