const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** A file size in the notation of a locale. @param {number} bytes @param {string} locale */
export function sizeText(bytes, locale) {
	const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
	const unit = /** @type {string} */ (UNITS[power]);
	const digits = power > 1 ? 1 : 0;
	const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits };
	return new Intl.NumberFormat(locale, /** @type {Intl.NumberFormatOptions} */ (format)).format(bytes / 1000 ** power);
}

/** A count for a badge, which has no room for more than two digits. @param {number} count */
export const shortCount = (count) => (count > 99 ? "99+" : String(count));
