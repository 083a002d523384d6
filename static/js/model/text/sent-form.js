import { cleanText } from "./clean.js";

/**
 * A typed text as it is sent: cleaned, without blank lines before it and space after it. Indentation stays.
 * @param {string} text
 */
export const sentForm = (text) =>
	cleanText(text)
		.replace(/^\s*\n/, "")
		.trimEnd();
