/**
 * Rules for texts that users enter: line ends, control characters, and whether anything of a text is visible. They are
 * those of `ting/core/text.py`, so that the composer refuses what the server would refuse.
 */

/** What Unicode calls a line boundary (UAX #14). Word processors paste most of them. */
const LINE_ENDS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** Control characters other than tabs and line ends, and halves of surrogate pairs. */
const REMOVED = /(?![\t\n])\p{Cc}|\p{Cs}/gu;

/**
 * Characters without a shape of their own (Default_Ignorable_Code_Point), the empty Braille pattern, control characters
 * and spaces.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\s]/gu;

/**
 * The text as the server stores it: `\n` for each line end, and no other control characters, except tabs. An input method
 * can deliver a character in two steps: half of a character is left out until the other half has arrived.
 * @param {string} text
 */
export const cleanText = (text) => text.replace(LINE_ENDS, "\n").replace(REMOVED, "");

/** Whether a text has a character that is neither a space nor invisible. @param {string} text */
export const isVisible = (text) => text.replace(INVISIBLE, "") !== "";
