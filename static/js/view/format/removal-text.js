import { Dates } from "./dates.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/refusal.js").Removal} Removal */

/**
 * The text about a kick or ban: until when, and why.
 * @param {I18n} i18n
 * @param {"banned" | "kicked"} kind
 * @param {Removal} removal
 * @param {string} [channel]
 */
export function removalText(i18n, kind, { reason, until }, channel = "") {
	const dates = new Dates(i18n.locale);
	const text =
		until === null
			? i18n.text(`removal.${kind}`, { channel })
			: i18n.text(`removal.${kind}.until`, { channel, when: dates.moment(until) });
	return reason ? `${text} ${i18n.text("removal.reason", { reason })}` : text;
}
