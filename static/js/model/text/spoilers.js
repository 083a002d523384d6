/** Hides spoilers where a text is shown as it was written: while it is typed, and in quotes that are cut off. */

/**
 * From two strokes to the next two, or to the end of the line: a spoiler that is being typed must not be seen either.
 * Hides more than the parser does rather than less.
 */
const SPOILER = /(?<!\|)\|\|(?![|\s])([^\n]*?)((?<!\s)\|\|(?![|\p{L}\p{N}])|$)/gmu;

/** What is seen of a spoiler in one line of text. */
export const HIDDEN = "▒▒▒▒";

/** Each letter of a spoiler as a block, so that a ghost still grows. @param {string} text */
export const withBlocks = (text) =>
	text.includes("||") ? text.replace(SPOILER, (_, inside, end) => `||${inside.replace(/\S/gu, "▒")}${end}`) : text;

/** Each spoiler as an ellipsis, to be read aloud. @param {string} text */
export const withoutSpoilers = (text) => (text.includes("||") ? text.replace(SPOILER, "…") : text);

/** Close a spoiler whose end was cut off. @param {string} text */
export function withSpoilerClosed(text) {
	const [last] = [...text.matchAll(SPOILER)].slice(-1);
	const isOpen = last && last[2] === "" && last.index + last[0].length === text.length;
	return isOpen ? `${text.trimEnd()}||` : text;
}
