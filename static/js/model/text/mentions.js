/** Where the mentions of a text are. The server finds them; only it can compare names. */

import { MAX_NAME_CHARS } from "../base/names.js";
import { fold } from "./fold.js";
import { beginsWord, endsWord } from "./verbatim.js";

/** Start and end in code points, and a user id or "here". @typedef {readonly [number, number, string]} MentionRange */
/** The same in places of the string. @typedef {{from: number, to: number, who: string}} Mention */

/**
 * @param {string} text
 * @param {readonly MentionRange[]} ranges in order
 * @returns {Mention[]} ranges that are not in the text are left out
 */
export function mentionsIn(text, ranges) {
	/** @type {Mention[]} */
	const mentions = [];
	let [at, count] = [0, 0];
	const placeOf = (/** @type {number} */ wanted) => {
		for (; count < wanted && at < text.length; count += 1) at += Number(text.codePointAt(at)) > 0xffff ? 2 : 1;
		return at;
	};
	for (const [start, end, who] of ranges) {
		const from = placeOf(start);
		if (text[from] === "@") mentions.push({ from, to: placeOf(end), who });
	}
	return mentions;
}

/**
 * A mention in a message from before the server said where they are: the longest name of a mentioned user.
 * @param {string} line
 * @param {number} at the place of the `@`
 * @param {ReadonlyMap<string, string>} users ids by folded name
 * @returns {{kind: "mention", text: string, who: string} | null}
 */
export function mentionIn(line, at, users) {
	if (!beginsWord(line, at)) return null;
	const following = line.slice(at + 1, at + 1 + 2 * MAX_NAME_CHARS);
	const folded = fold(following);
	// A cheap check first: most `@` are no mentions, and a text can be full of them.
	if (![...users.keys()].some((name) => name && folded.startsWith(name))) return null;
	const characters = [...following].slice(0, MAX_NAME_CHARS);
	for (let length = characters.length; length > 0; length -= 1) {
		const name = characters.slice(0, length).join("");
		const who = users.get(fold(name));
		if (who && endsWord(line, at + 1 + name.length)) return { kind: "mention", text: `@${name}`, who };
	}
	return null;
}
