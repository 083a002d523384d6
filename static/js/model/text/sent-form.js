/**
 * A typed text as it is sent: without blank lines before it and space after it. Indentation stays.
 * @param {string} text
 */
export const sentForm = (text) => text.replace(/^\s*\n/, "").trimEnd();
