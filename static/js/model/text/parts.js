/** What a text is parsed into, and what the view draws for it. */

/**
 * @typedef {{kind: "text", text: string}} TextLeaf
 * @typedef {{kind: "mark", text: string}} MarkLeaf markup, not shown
 * @typedef {{kind: "code", text: string}} CodeLeaf
 * @typedef {{kind: "mention", text: string, who: string}} MentionLeaf `who` is a user id, or "here"
 * @typedef {{kind: "emoji", text: string, emoji: string}} EmojiLeaf one written as a name or an emoticon, or a run of
 *   emoji
 * @typedef {TextLeaf | MarkLeaf | CodeLeaf | MentionLeaf | EmojiLeaf | import("./links.js").LinkToken |
 *   import("./links.js").ChannelToken} Leaf
 * @typedef {{kind: "strong" | "emphasis" | "struck" | "spoiler", children: Inline[]}} Span
 * @typedef {Leaf | Span} Inline
 */

/** How many elements the view draws at most for one message. The rest of its text is not formatted. */
export const MAX_ELEMENTS = 1500;
/** How many elements the view draws for a part without its children. */
export const COSTS = {
	text: 0,
	mark: 1,
	code: 3,
	span: 3,
	spoiler: 4,
	named: 3,
	mention: 1,
	emoji: 1,
	link: 1,
	channel: 1,
	item: 2,
	block: 12,
	table: 2,
	row: 3,
	cell: 2,
};
