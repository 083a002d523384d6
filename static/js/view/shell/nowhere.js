import { element } from "../ui/dom.js";
import { overlay } from "../ui/overlay.js";
import { routeLink } from "../ui/route-link.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */

/** Shown at a URL that is no place: it says so, and leads on. */
export class NowhereView {
	/** @param {I18n} i18n @param {Pick<Actions, "navigation">} actions @param {() => void} back */
	constructor(i18n, actions, back) {
		const labels = { id: "nowhere", title: i18n.text("title.nowhere"), back: i18n.text("screen.back") };
		const link = routeLink(
			() => ({ kind: "channels" }),
			actions.navigation.open,
			{ class: "directory-link" },
			i18n.text("nowhere.channels"),
		);
		this.element = overlay(labels, back, element("p", { class: "screen-state" }, i18n.text("nowhere.text")), link);
	}

	show() {
		this.element.hidden = false;
		this.element.querySelector("h1")?.focus();
	}

	hide() {
		this.element.hidden = true;
	}
}
