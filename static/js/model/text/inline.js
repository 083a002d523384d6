/** Parses one line of a text: emphasis, code, links, channels, mentions, emoji. Creates no DOM nodes. */

import { EMOJI_PATTERN } from "./emoji.js";
import { emphasized, kindBefore, markerAt } from "./emphasis.js";
import { channelIn, linkIn, namedLinkIn } from "./links.js";
import { mentionIn } from "./mentions.js";
import { COSTS, MAX_ELEMENTS } from "./parts.js";
import { addressEnd, beginsWord, closingRuns, runsIn, WORD } from "./verbatim.js";

/** @typedef {import("./parts.js").Inline} Inline */
/** @typedef {import("./parts.js").Leaf} Leaf */
/** @typedef {import("./parts.js").MarkLeaf} MarkLeaf */
/** @typedef {import("./parts.js").EmojiLeaf} EmojiLeaf */
/**
 * @typedef {object} MarkupContext what the parser needs to know beyond the text
 * @property {(name: string) => string | undefined} [emojiNamed] as in `:name:`
 * @property {(emoticon: string) => string | undefined} [emojiForEmoticon] as in `:-)`
 * @property {readonly import("./mentions.js").MentionRange[]} [mentionRanges] where the server found mentions
 * @property {ReadonlyMap<string, string>} [mentionedUsers] for messages without ranges: ids of the mentioned users, by
 *   their folded names
 */

/** @typedef {import("./emphasis.js").Marker} Marker */
/** @typedef {import("./mentions.js").Mention} Mention */

/** The possible beginnings of a piece, each in its own group. Only one that is consumed as a whole may be long. */
const BEGINNINGS = new RegExp(
	[
		"(?<code>`+)",
		`(?<emoji>${EMOJI_PATTERN}{1,200})`,
		"(?<address>https?://|mailto:)",
		`(?<channel>#(?:[a-z0-9_.-]{1,21}|[\\p{L}\\p{M}\\p{Nd}_.-]{1,21})(?!${WORD}|\\p{M}))`,
		"(?<mention>@)",
		"(?<name>:[a-z0-9_+-]{1,64}:)",
		"(?<run>\\*+|_+|~+|\\|\\|+)",
		"(?<named>\\[[^[\\]\\n]{1,200}\\]\\((?=https?:\\/\\/))",
		"(?<emoticon>(?<!\\S)[^\\s\\p{L}\\p{N}]\\S{1,3}(?!\\S)|(?<!\\S)[xX]D(?!\\S))",
	].join("|"),
	"giu",
);

/**
 * The pieces of one line. Their texts together are exactly the line.
 * @param {string} line
 * @param {MarkupContext} [context]
 * @returns {Inline[]}
 */
export const inline = (line, context = {}) => new InlineParser(context, []).parse({ line });

/** Parses the lines of one text in order. They share the limit of elements. */
export class InlineParser {
	#context;
	#mentions;
	#nextMention = 0;
	#left = MAX_ELEMENTS;

	/** @param {MarkupContext} context @param {readonly Mention[]} mentions in order */
	constructor(context, mentions) {
		this.#context = context;
		this.#mentions = mentions;
	}

	/**
	 * Take elements out of the limit. Once there are not enough left, nothing more is formatted.
	 * @param {number} elements
	 * @returns {boolean}
	 */
	take(elements) {
		const isEnough = this.#left >= elements;
		this.#left = isEnough ? this.#left - elements : 0;
		return isEnough;
	}

	/** @param {string} line @param {number} from @returns {RegExpExecArray | null} */
	#match(line, from) {
		BEGINNINGS.lastIndex = from;
		return this.#left > 0 ? BEGINNINGS.exec(line) : null;
	}

	/**
	 * @param {object} source
	 * @param {string} source.line
	 * @param {number} [source.from] the place in the line to begin at, after the mark of a quote or of a list
	 * @param {number} [source.offset] where the line begins in the text
	 * @param {readonly import("./verbatim.js").Run[]} [source.runs] its runs of backticks
	 * @returns {Inline[]}
	 */
	parse({ line, from = 0, offset = 0, runs = runsIn(line) }) {
		return emphasized(this.#pieces(line, from, offset, closingRuns(runs)), (elements) => this.take(elements));
	}

	/**
	 * @param {string} line
	 * @param {number} begin
	 * @param {number} offset
	 * @param {ReadonlyMap<number, number>} closing the closing runs of backticks
	 * @returns {(Leaf | Marker)[]}
	 */
	#pieces(line, begin, offset, closing) {
		/** @type {(Leaf | Marker)[]} */
		const found = [];
		let done = begin;
		const add = (/** @type {(Leaf | Marker)[]} */ pieces, /** @type {number} */ from) => {
			if (from > done) found.push({ kind: "text", text: line.slice(done, from) });
			found.push(...pieces);
			done = from + lengthOf(pieces);
		};
		for (let match = this.#match(line, begin); ; ) {
			const mention = this.#mentionBetween(offset + done, offset + (match?.index ?? line.length));
			if (mention) {
				const { from, to, who } = mention;
				add([{ kind: "mention", text: line.slice(from - offset, to - offset), who }], from - offset);
				if (match && match.index < done) match = this.#match(line, done);
				continue;
			}
			if (!match) break;
			const pieces = this.#piecesAt(line, match, closing, done === match.index && isEmoji(found.at(-1)));
			if (pieces && this.#affords(pieces)) add(pieces, match.index);
			match = this.#match(line, pieces ? match.index + lengthOf(pieces) : match.index + skip(match));
		}
		if (done < line.length) found.push({ kind: "text", text: line.slice(done) });
		return found;
	}

	/** The next mention of the server, if it begins in a range. @param {number} from @param {number} to */
	#mentionBetween(from, to) {
		while ((this.#mentions[this.#nextMention]?.from ?? from) < from) this.#nextMention += 1;
		const next = this.#mentions[this.#nextMention];
		return next && next.from <= to ? next : null;
	}

	/** @param {(Leaf | Marker)[]} pieces */
	#affords(pieces) {
		const [first] = pieces;
		if (!first || "run" in first) return true;
		return this.take(pieces.length > 1 ? Math.max(COSTS.code, COSTS.named) : COSTS[first.kind]);
	}

	/**
	 * @param {string} line
	 * @param {RegExpExecArray} match
	 * @param {ReadonlyMap<number, number>} closing
	 * @param {boolean} afterEmoji whether the piece before ends here and is an emoji
	 * @returns {(Leaf | Marker)[] | null}
	 */
	#piecesAt(line, { 0: text, index, groups = {} }, closing, afterEmoji) {
		const { emojiNamed, emojiForEmoticon, mentionedUsers } = this.#context;
		if (groups.code) return codeAt(line, index, text, closing);
		if (groups.emoji) return listOf(emojiIn(text, text));
		if (groups.address) return addressAt(line, index, text);
		if (groups.named) return namedAt(line, index, text);
		if (groups.channel) return listOf(channelAt(line, index, text));
		if (groups.mention) return mentionedUsers?.size ? listOf(mentionIn(line, index, mentionedUsers)) : null;
		if (groups.name) {
			const isFree = afterEmoji || (line[index - 1] !== ":" && kindBefore(line, index) !== "word");
			return isFree ? listOf(emojiIn(text, emojiNamed?.(text.slice(1, -1).toLowerCase()))) : null;
		}
		if (groups.emoticon) return listOf(emojiIn(text, emojiForEmoticon?.(text)));
		return listOf(markerAt(line, index, text));
	}
}

/**
 * How far to skip after a match that is no piece: over what cannot begin another one, and never into the middle of a
 * surrogate pair.
 * @param {RegExpExecArray} match
 */
function skip({ 0: text, groups = {} }) {
	if (groups.code || groups.run || groups.address) return text.length;
	if (groups.channel) return text.includes("_") ? text.indexOf("_") : text.length;
	return [...text.slice(0, 2)][0]?.length ?? 1;
}

/** @param {(Leaf | Marker)[]} pieces */
const lengthOf = (pieces) => pieces.reduce((sum, part) => sum + ("run" in part ? part.run : part.text).length, 0);

/** @template T @param {T | null} piece @returns {T[] | null} */
const listOf = (piece) => piece && [piece];

/**
 * Code ends at a run of as many backticks as it began with. A backslash before it keeps it text.
 * @param {string} line
 * @param {number} index
 * @param {string} fence
 * @param {ReadonlyMap<number, number>} closing
 * @returns {Leaf[] | null}
 */
function codeAt(line, index, fence, closing) {
	const end = closing.get(index);
	if (end === undefined || line[index - 1] === "\\") return null;
	const mark = /** @type {MarkLeaf} */ ({ kind: "mark", text: fence });
	return [mark, { kind: "code", text: line.slice(index + fence.length, end) }, mark];
}

/**
 * A link, or the text of an address that is none: nothing in it is formatted, or looked at again.
 * @param {string} line
 * @param {number} index
 * @param {string} scheme
 * @returns {Leaf[] | null}
 */
function addressAt(line, index, scheme) {
	// The cheap check comes first: what is no address is looked at again.
	if (!beginsWord(line, index)) return null;
	const end = addressEnd(line, index + scheme.length);
	if (end === index + scheme.length) return null;
	return [linkIn(line.slice(index, end))];
}

/**
 * A link with a text of its own, if the text does not pretend to be another address.
 * @param {string} line
 * @param {number} index
 * @param {string} beginning the text in its brackets, and the bracket of the address
 * @returns {Leaf[] | null}
 */
function namedAt(line, index, beginning) {
	if (line[index - 1] === "\\") return null;
	const from = index + beginning.length;
	const end = closingBracket(line, from, addressEnd(line, from));
	const link = end < 0 ? null : namedLinkIn(beginning.slice(1, -2), line.slice(from, end));
	if (!link) return null;
	return [{ kind: "mark", text: "[" }, link, { kind: "mark", text: line.slice(index + 1 + link.text.length, end + 1) }];
}

/** The bracket that closes an address; brackets in it are in pairs. @param {string} line @param {number} from @param {number} to */
function closingBracket(line, from, to) {
	let depth = 0;
	for (let at = from; at < to; at += 1) {
		if (line[at] === "(") depth += 1;
		else if (line[at] === ")" && depth === 0) return at;
		else if (line[at] === ")") depth -= 1;
	}
	return -1;
}

/** @param {string} line @param {number} index @param {string} text */
function channelAt(line, index, text) {
	if (!beginsWord(line, index)) return null;
	return channelIn(line[index - 1] === "_" ? text.replace(/_+$/, "") : text);
}

/** @param {string} text @param {string | undefined} emoji @returns {EmojiLeaf | null} */
const emojiIn = (text, emoji) => (emoji ? { kind: "emoji", text, emoji } : null);

/** @param {Leaf | Marker | undefined} piece */
const isEmoji = (piece) => piece !== undefined && "kind" in piece && piece.kind === "emoji";
