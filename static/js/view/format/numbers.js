const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** @typedef {import("../ui/dom.js").Translator & {locale: string}} Translator */

/** A file size in the notation of a locale. @param {number} bytes @param {Translator} i18n */
export function sizeText(bytes, i18n) {
	// `Intl` has no plural of its short form: "3 byte".
	if (bytes < 1000) return i18n.text("size.bytes", { count: bytes });
	const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
	const unit = /** @type {string} */ (UNITS[power]);
	const digits = power > 1 ? 1 : 0;
	const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits };
	return new Intl.NumberFormat(i18n.locale, /** @type {Intl.NumberFormatOptions} */ (format)).format(
		bytes / 1000 ** power,
	);
}

/** A count for a badge, which has no room for more than two digits. @param {number} count */
export const shortCount = (count) => (count > 99 ? "99+" : String(count));
