import { Dates } from "./dates.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/refusal.js").Removal} Removal */

/**
 * The text about a removal from a channel: until when, and why.
 * @param {I18n} i18n
 * @param {Removal} removal
 * @param {string} [channel]
 */
export function removalText(i18n, { reason, until }, channel = "") {
	const dates = new Dates(i18n.locale);
	const text =
		until === null
			? i18n.text("removal.kicked", { channel })
			: i18n.text("removal.kicked.until", { channel, when: dates.moment(until) });
	return reason ? `${text} ${i18n.text("removal.reason", { reason })}` : text;
}
