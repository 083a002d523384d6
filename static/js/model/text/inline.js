/** Parses one line of a text: emphasis, code, links, channels, mentions, emoji. Creates no DOM nodes. */

import { EMOJI_PATTERN } from "./emoji.js";
import { channelIn, linkIn } from "./links.js";

/**
 * @typedef {{kind: "text", text: string}} TextLeaf
 * @typedef {{kind: "mark", text: string}} MarkLeaf markup, not shown
 * @typedef {{kind: "code", text: string}} CodeLeaf
 * @typedef {{kind: "mention", text: string, who: string}} MentionLeaf `who` is a user id, or "here"
 * @typedef {{kind: "emoji", text: string, emoji: string}} EmojiLeaf written as an emoji, a name or an
 *   emoticon
 * @typedef {TextLeaf | MarkLeaf | CodeLeaf | MentionLeaf | EmojiLeaf | import("./links.js").LinkToken |
 *   import("./links.js").ChannelToken} Leaf
 * @typedef {{kind: "strong" | "emphasis" | "struck", children: Inline[]}} Span
 * @typedef {Leaf | Span} Inline
 *
 * @typedef {object} MarkupContext what the parser needs to know beyond the text
 * @property {(name: string) => string | undefined} [emojiNamed] as in `:name:`
 * @property {(emoticon: string) => string | undefined} [emojiForEmoticon] as in `:-)`
 * @property {ReadonlyMap<string, string>} [mentionedUsers] ids of the mentioned users, by their name in the form of
 *   `foldName`
 */

/** @typedef {{run: string, opens: boolean, closes: boolean, at: number}} Marker */

const MAX_NAME_CHARS = 20;
const STYLES = /** @type {const} */ ({
	"*": "strong",
	"**": "strong",
	_: "emphasis",
	"~": "struck",
	"~~": "struck",
});

/** The possible beginnings of a piece, each in its own group. */
const BEGINNINGS = new RegExp(
	[
		"(?<code>`+)",
		`(?<emoji>${EMOJI_PATTERN})`,
		'(?<link>(?<![\\p{L}\\p{N}_])(?:https?://|mailto:)[^\\s<>"]+)',
		"(?<channel>(?<![\\p{L}\\p{N}_])#[a-z0-9_.-]+(?![\\p{L}\\p{N}\\p{M}]))",
		`(?<mention>(?<![\\p{L}\\p{N}_])@\\S{1,${2 * MAX_NAME_CHARS}})`,
		"(?<name>(?<![\\p{L}\\p{N}:]):[a-z0-9_+-]+:)",
		"(?<run>\\*+|_+|~+)",
		"(?<emoticon>(?<!\\S)[^\\s\\p{L}\\p{N}]\\S{1,3}(?!\\S)|(?<!\\S)[xXD]\\S(?!\\S))",
	].join("|"),
	"giu",
);

/** The form in which names are compared. @param {string} name */
export const foldName = (name) => name.normalize("NFC").toLowerCase();

const WORD_END = /[\p{L}\p{N}\p{M}]$/u;
const WORD_START = /^[\p{L}\p{N}]/u;

/**
 * The pieces of one line. Their texts together are exactly the line.
 * @param {string} line
 * @param {MarkupContext} [context]
 * @returns {Inline[]}
 */
export function inline(line, context = {}) {
	return emphasized(pieces(line, context));
}

/** @param {string} line @param {MarkupContext} context @returns {(Leaf | Marker)[]} */
function pieces(line, context) {
	/** @type {(Leaf | Marker)[]} */
	const found = [];
	let done = 0;
	BEGINNINGS.lastIndex = 0;
	for (let match = BEGINNINGS.exec(line); match; match = BEGINNINGS.exec(line)) {
		const piece = pieceAt(line, match, context);
		if (!piece) {
			// No piece begins here, but another one may begin inside the match.
			BEGINNINGS.lastIndex = match.index + skip(match);
			continue;
		}
		if (match.index > done) found.push({ kind: "text", text: line.slice(done, match.index) });
		found.push(...piece);
		done = match.index + lengthOf(piece);
		BEGINNINGS.lastIndex = done;
	}
	if (done < line.length) found.push({ kind: "text", text: line.slice(done) });
	return found;
}

/**
 * How far to skip after a match that is no piece; never into the middle of a surrogate pair.
 * @param {RegExpExecArray} match
 */
const skip = ({ 0: text, groups }) =>
	(groups?.code || groups?.run ? text.length : [...text.slice(0, 2)][0]?.length) ?? 1;

/** @param {(Leaf | Marker)[]} piece */
const lengthOf = (piece) => piece.reduce((sum, part) => sum + ("run" in part ? part.run : part.text).length, 0);

/**
 * @param {string} line
 * @param {RegExpExecArray} match
 * @param {MarkupContext} context
 * @returns {(Leaf | Marker)[] | null}
 */
function pieceAt(line, { 0: text, index, groups = {} }, context) {
	if (groups.code) return codeAt(line, index, text);
	if (groups.link) return listOf(linkIn(text));
	if (groups.channel) return listOf(channelIn(text));
	if (groups.mention) return listOf(mentionIn(text, context));
	if (groups.emoji) return listOf(emojiIn(text, text));
	if (groups.name) return listOf(emojiIn(text, context.emojiNamed?.(text.slice(1, -1).toLowerCase())));
	if (groups.emoticon) return listOf(emojiIn(text, context.emojiForEmoticon?.(text)));
	return listOf(markerAt(line, index, text));
}

/** @template T @param {T | null} piece @returns {T[] | null} */
const listOf = (piece) => piece && [piece];

/**
 * Code ends at a run of as many backticks as it began with.
 * @param {string} line
 * @param {number} index
 * @param {string} fence
 */
function codeAt(line, index, fence) {
	const from = index + fence.length;
	for (let at = line.indexOf(fence, from); at !== -1; at = line.indexOf(fence, at)) {
		let end = at;
		while (line[end] === "`") end += 1;
		if (end - at === fence.length) {
			const mark = /** @type {MarkLeaf} */ ({ kind: "mark", text: fence });
			return [mark, /** @type {CodeLeaf} */ ({ kind: "code", text: line.slice(from, at) }), mark];
		}
		at = end;
	}
	return null;
}

/**
 * @param {string} candidate
 * @param {MarkupContext} context
 * @returns {MentionLeaf | null} the longest name of a mentioned user
 */
function mentionIn(candidate, { mentionedUsers }) {
	const folded = foldName(candidate.slice(1));
	// A cheap check first: most `@` are no mentions, and a text can be full of them.
	if (![...(mentionedUsers?.keys() ?? [])].some((name) => folded.startsWith(name))) return null;
	const characters = [...candidate].slice(0, MAX_NAME_CHARS + 1);
	for (let length = characters.length; length > 1; length -= 1) {
		if (WORD_START.test(characters[length] ?? "")) continue;
		const text = characters.slice(0, length).join("");
		const who = mentionedUsers?.get(foldName(text.slice(1)));
		if (who) return { kind: "mention", text, who };
	}
	return null;
}

/** @param {string} text @param {string | undefined} emoji @returns {EmojiLeaf | null} */
const emojiIn = (text, emoji) => (emoji ? { kind: "emoji", text, emoji } : null);

/** @param {string} line @param {number} at @param {string} run @returns {Marker | null} */
function markerAt(line, at, run) {
	if (!(run in STYLES) || line[at - 1] === "\\") return null;
	const [left, right] = [line.slice(Math.max(at - 2, 0), at), line.slice(at + run.length, at + run.length + 2)];
	const opens = /^\S/u.test(right) && !WORD_END.test(left);
	const closes = /\S$/u.test(left) && !WORD_START.test(right);
	return opens || closes ? { run, opens, closes, at } : null;
}

/**
 * Turns pairs of markers, with everything between them, into spans. Each kind of marker is open at most once, which
 * limits the depth.
 * @param {(Leaf | Marker)[]} found
 * @returns {Inline[]}
 */
function emphasized(found) {
	/** @type {Inline[]} */
	const line = [];
	/** Open markers, the outermost first, with their place in the line. @type {{run: string, place: number}[]} */
	let open = [];
	for (const piece of found) {
		if (!("run" in piece)) {
			line.push(piece);
			continue;
		}
		const { run, opens, closes } = piece;
		const opener = closes ? open.find((marker) => marker.run === run) : undefined;
		if (opener && opener.place < line.length - 1) {
			open = open.slice(0, open.indexOf(opener));
			wrap(line, opener);
		} else {
			if (opens) open = [...open.filter((marker) => marker.run !== run), { run, place: line.length }];
			line.push({ kind: "text", text: run });
		}
	}
	return line;
}

/** @param {Inline[]} line @param {{run: string, place: number}} opener */
function wrap(line, { run, place }) {
	const kind = STYLES[/** @type {keyof typeof STYLES} */ (run)];
	const mark = /** @type {MarkLeaf} */ ({ kind: "mark", text: run });
	const [, ...inside] = line.splice(place);
	line.push({ kind, children: [mark, ...inside, mark] });
}
