/** Letters that case folding replaces (Unicode 3.13): the final sigma, ß, and the iota below a letter. */
const FOLDED = /** @type {Record<string, string>} */ ({ ς: "σ", ß: "ss", "\u0345": "ι" });

/**
 * The form in which texts are compared: without accents, case and width. The server compares names in the same form.
 * @param {string} text
 */
export const fold = (text) =>
	text
		.normalize("NFKD")
		.toLowerCase()
		.replace(/ς|ß|\u0345/g, (letter) => FOLDED[letter] ?? letter)
		.replace(/\p{M}/gu, "");

/** @param {string} text @param {string} prefix folded */
export const beginsWith = (text, prefix) => fold(text).startsWith(prefix);
