import { Dates } from "./dates.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/refusal.js").Removal} Removal */

/**
 * The text about a kick or ban: until when, and why.
 * @param {I18n} i18n
 * @param {"banned" | "kicked"} how
 * @param {Removal} removal
 * @param {string} [channel]
 */
export function removalText(i18n, how, { reason, until }, channel = "") {
	const dates = new Dates(i18n.locale);
	const what =
		until === null
			? i18n.text(`removal.${how}`, { channel })
			: i18n.text(`removal.${how}.until`, { channel, when: dates.moment(until) });
	return reason ? `${what} ${i18n.text("removal.reason", { reason })}` : what;
}
