/**
 * Generates static/emoji/*.json: all emoji with their names, emoticons and keywords.
 *
 *     npm install --no-save emojibase-data@17.0.0 cldr-annotations-full@48.2.0
 *     node tools/make-emoji.js
 *
 * Sources: emojibase-data (MIT) for emoji, groups, names, emoticons and English keywords; Unicode CLDR
 * annotations (Unicode-3.0) for Greek keywords. Their licences are next to the generated files.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const STATIC = new URL("../static/emoji/", import.meta.url);
const require = createRequire(import.meta.url);

/** Many systems in use show newer emoji as empty boxes. */
const NEWEST_VERSION = 15;
/** The groups of the picker; `null` is the group of emoji components. */
const GROUPS = ["smileys", "people", null, "animals", "food", "travel", "activities", "objects", "symbols", "flags"];
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
/** Emoticons that are more often a word, the name of a drive, or the beginning of a numbered line. */
const AMBIGUOUS = /^(\d|(?!xd$)\p{L})/iu;
const EYES = /^([:;])(?=[^'-])/;

/** @typedef {{emoji: string, hexcode: string, label: string, tags?: string[], group?: number, order?: number,
 *   version: number, emoticon?: string | string[], skins?: {emoji: string}[]}} Entry */

/** @param {string} path */
const load = (path) => JSON.parse(readFileSync(require.resolve(path), "utf8"));

/** @template T @param {T | T[] | undefined} value @returns {T[]} */
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** One spelling: without the variation selector where emoji presentation is the default. @param {string} emoji */
const normalize = (emoji) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");

/** Whether a skin tone is one modifier after the first code point. @param {Entry} entry */
function hasSimpleTones({ emoji, skins = [] }) {
	const [first = "", ...rest] = emoji;
	const tail = rest.join("").replace(/^\uFE0F/, "");
	return skins.length === TONES.length && skins.every((skin, tone) => skin.emoji === `${first}${TONES[tone]}${tail}`);
}

/** Each emoticon, also with a nose. @param {Entry[]} entries */
function emoticonsOf(entries) {
	/** @type {Record<string, string>} */
	const emoticons = {};
	for (const { emoji, emoticon } of entries) {
		for (const written of list(emoticon).filter((candidate) => !AMBIGUOUS.test(candidate))) {
			emoticons[written] = emoji;
			emoticons[written.replace(EYES, "$1-")] ??= emoji;
		}
	}
	return emoticons;
}

/** @param {string} name @param {object} content */
function write(name, content) {
	writeFileSync(new URL(name, STATIC), `${JSON.stringify(content)}\n`);
}

/** @type {Entry[]} */
const all = load("emojibase-data/en/data.json").map((/** @type {Entry} */ entry) => ({
	...entry,
	emoji: normalize(entry.emoji),
}));
const shortcodes = load("emojibase-data/en/shortcodes/github.json");
const others = load("emojibase-data/en/shortcodes/emojibase.json");
const greek = load("cldr-annotations-full/annotations/el/annotations.json").annotations.annotations;
const versions = ["emojibase-data", "cldr-annotations-full"].map((name) => load(`${name}/package.json`));

const chosen = all
	.filter(({ group, version }) => group !== undefined && GROUPS[group] && version <= NEWEST_VERSION)
	.sort((a, b) => Number(a.group) - Number(b.group) || Number(a.order) - Number(b.order));

const source = versions.map(({ name, version, license }) => `${name} ${version} (${license})`);
/** The emoji of each name, as a hexcode. Names are unique: those of GitHub win. @type {Map<string, string>} */
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

/** The annotation of an emoji, with or without the variation selector. @param {string} emoji */
const greekOf = (emoji) => greek[emoji] ?? greek[emoji.replace(/\uFE0F/g, "")];
/** The label first, then the other keywords. @param {string} label @param {string[]} words */
const joinWords = (label, words) => [...new Set([label, ...words])].join("|");
const ordered = GROUPS.flatMap((name, group) => (name ? chosen.filter((entry) => entry.group === group) : []));
write("words-en.json", { source, words: ordered.map(({ label, tags }) => joinWords(label, tags ?? [])) });
write("words-el.json", {
	source,
	words: ordered.map(({ emoji, label }) => joinWords(greekOf(emoji)?.tts?.[0] ?? label, greekOf(emoji)?.default ?? [])),
});
console.log(`${ordered.length} emoji, ${meaning.size} names`);
