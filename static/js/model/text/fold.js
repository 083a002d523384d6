/**
 * The form in which a search compares texts: without accents, case and width, and with one sigma.
 * @param {string} text
 */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ς", "σ");

/** @param {string} text @param {string} prefix folded */
export const beginsWith = (text, prefix) => fold(text).startsWith(prefix);
