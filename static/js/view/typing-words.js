/** How the choices about typing are called. */

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/protocol.js").TypingView} TypingView */
/** @typedef {import("./icons.js").IconName} IconName */
/** @typedef {{value: TypingView, icon: IconName, label: string, hint: string}} Choice */

/** @type {Record<TypingView, IconName>} */
const ICONS = { letters: "eye", indicator: "hint", nothing: "hidden" };

/** @param {I18n} i18n @param {"share" | "see"} side @returns {Choice[]} */
export function choices(i18n, side) {
	/** @type {TypingView[]} */
	const values = ["letters", "indicator", "nothing"];
	return values.map((value) => ({
		value,
		icon: ICONS[value],
		label: i18n.text(`typing.${side}.${value}`),
		hint: i18n.text(`typing.${side}.${value}.hint`),
	}));
}
