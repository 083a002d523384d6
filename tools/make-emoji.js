/**
 * Makes static/emoji/*.json: which emoji there are, what they are called, which emoticons stand for them.
 *
 *     npm install --no-save emojibase-data@17.0.0 cldr-annotations-full@48.2.0
 *     node tools/make-emoji.js
 *
 * Sources: emojibase-data (MIT) for emoji, groups, names, emoticons and English words; Unicode CLDR annotations
 * (Unicode-3.0) for Greek words. Their licences stand beside what is made of them.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const STATIC = new URL("../static/emoji/", import.meta.url);
const require = createRequire(import.meta.url);

/** Newer ones are boxes on the systems that many people have. */
const NEWEST_VERSION = 15;
/** Groups that people choose from; the rest are parts of emoji. */
const GROUPS = ["smileys", "people", null, "animals", "food", "travel", "activities", "objects", "symbols", "flags"];
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
/** What begins a numbered line, or is a word, more often than it means a face. */
const AMBIGUOUS = /^(\d.*|(?!xd$)\p{L}+)$/iu;
const EYES = /^([:;])(?=[^'-])/;

/** @typedef {{emoji: string, hexcode: string, label: string, tags?: string[], group?: number, order?: number,
 *   version: number, emoticon?: string | string[], skins?: {emoji: string}[]}} Entry */

/** @param {string} path */
const load = (path) => JSON.parse(readFileSync(require.resolve(path), "utf8"));

/** @template T @param {T | T[] | undefined} value @returns {T[]} */
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The one way of writing it: without the sign for a picture where it is one anyway. @param {string} emoji */
const bare = (emoji) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");

/** Whether a colour of skin is said by one sign behind the first. @param {Entry} entry */
function hasSimpleTones({ emoji, skins = [] }) {
	const [first = "", ...rest] = emoji;
	const tail = rest.join("").replace(/^\uFE0F/, "");
	return skins.length === TONES.length && skins.every((skin, tone) => skin.emoji === `${first}${TONES[tone]}${tail}`);
}

/** With a nose, too. @param {Entry[]} entries */
function emoticonsOf(entries) {
	/** @type {Record<string, string>} */
	const found = {};
	for (const { emoji, emoticon } of entries) {
		for (const written of list(emoticon).filter((each) => !AMBIGUOUS.test(each))) {
			found[written] = emoji;
			found[written.replace(EYES, "$1-")] ??= emoji;
		}
	}
	return found;
}

/** @param {string} name @param {object} content */
function write(name, content) {
	writeFileSync(new URL(name, STATIC), `${JSON.stringify(content)}\n`);
}

/** @type {Entry[]} */
const all = load("emojibase-data/en/data.json").map((/** @type {Entry} */ entry) => ({
	...entry,
	emoji: bare(entry.emoji),
}));
const shortcodes = load("emojibase-data/en/shortcodes/github.json");
const others = load("emojibase-data/en/shortcodes/emojibase.json");
const greek = load("cldr-annotations-full/annotations/el/annotations.json").annotations.annotations;
const versions = ["emojibase-data", "cldr-annotations-full"].map((name) => load(`${name}/package.json`));

const chosen = all
	.filter(({ group, version }) => group !== undefined && GROUPS[group] && version <= NEWEST_VERSION)
	.sort((a, b) => Number(a.group) - Number(b.group) || Number(a.order) - Number(b.order));

const source = versions.map(({ name, version, license }) => `${name} ${version} (${license})`);
/** Every name means one emoji: names that are used everywhere come first. @type {Map<string, string>} */
const meaning = new Map();
for (const names of [shortcodes, others]) {
	for (const { hexcode } of chosen) {
		for (const name of list(names[hexcode])) if (!meaning.has(name)) meaning.set(name, hexcode);
	}
}
/** @param {Entry} entry */
function namesOf({ hexcode }) {
	const names = new Set([...list(shortcodes[hexcode]), ...list(others[hexcode])]);
	return [...names].filter((name) => meaning.get(name) === hexcode).join(" ");
}

const groups = GROUPS.flatMap((name, group) => {
	if (!name) return [];
	const emoji = chosen.filter((entry) => entry.group === group);
	return [{ name, emoji: emoji.map((entry) => [entry.emoji, namesOf(entry), hasSimpleTones(entry) ? 1 : 0]) }];
});
write("emoji.json", { source, groups, emoticons: emoticonsOf(chosen) });

/** By the emoji, without what only chooses its look. @param {string} emoji */
const greekOf = (emoji) => greek[emoji] ?? greek[emoji.replace(/\uFE0F/g, "")];
/** A label first, then what else people look for. @param {string} label @param {string[]} words */
const joined = (label, words) => [...new Set([label, ...words])].join("|");
const ordered = GROUPS.flatMap((name, group) => (name ? chosen.filter((entry) => entry.group === group) : []));
write("words-en.json", { source, words: ordered.map(({ label, tags }) => joined(label, tags ?? [])) });
write("words-el.json", {
	source,
	words: ordered.map(({ emoji, label }) => joined(greekOf(emoji)?.tts?.[0] ?? label, greekOf(emoji)?.default ?? [])),
});
console.log(`${ordered.length} emoji, ${meaning.size} names`);
