/** Sources for `Completion`: users after `@`, emoji after `:`. */

import { beginsWith, fold } from "../text/fold.js";
import { WORD } from "../text/verbatim.js";
import { Debounce } from "./debounce.js";

/** @typedef {import("./completion.js").Found} Found */
/** @typedef {import("./completion.js").Option} Option */
/** @typedef {import("../base/protocol.js").Person} Person */

const NAME = new RegExp(`(?<!${WORD}_{0,20})@([^\\s@]{0,20})$`, "u");
/** At least two letters: a colon with one letter is more often an emoticon. */
const EMOJI = new RegExp(`(?<!${WORD}|:):([\\p{L}\\p{N}\\p{M}_+-]{2,40})$`, "u");
const PAUSE_MS = 150;
const MAX_RESULTS = 8;

/** @param {string} text @param {number} caret @param {RegExp} pattern */
function typed(text, caret, pattern) {
	const match = pattern.exec(text.slice(0, caret));
	return match && { from: match.index, to: caret, query: match[1] ?? "" };
}

/** @param {Person} person @returns {Option} */
const personOption = (person) => ({ value: `@${person.name} `, label: person.name, person });

/** The users who are present, and `@here` for all of them. */
export class ParticipantSource {
	#people;
	#words;

	/** @param {() => readonly Person[]} people @param {{here: string}} words `here` describes `@here` */
	constructor(people, words) {
		this.#people = people;
		this.#words = words;
	}

	/** @param {string} text @param {number} caret @returns {Found | null} */
	find(text, caret) {
		const match = typed(text, caret, NAME);
		if (!match) return null;
		const prefix = fold(match.query);
		const options = this.#people()
			.filter(({ name }) => beginsWith(name, prefix))
			.slice(0, MAX_RESULTS)
			.map(personOption);
		if (prefix && "here".startsWith(prefix)) options.push({ value: "@here ", label: "here", detail: this.#words.here });
		return { ...match, options };
	}
}

/** All users, found by the server. */
export class UserSource {
	#ask;
	#debounce = new Debounce(PAUSE_MS);

	/** @param {(prefix: string) => Promise<Person[]>} ask */
	constructor(ask) {
		this.#ask = ask;
	}

	/** @param {string} text @param {number} caret @returns {Promise<Found | null>} */
	async find(text, caret) {
		const match = typed(text, caret, NAME);
		const hasPaused = this.#debounce.start();
		if (!match?.query || !(await hasPaused())) return null;
		return { ...match, options: (await this.#ask(match.query)).slice(0, MAX_RESULTS).map(personOption) };
	}
}

/** Emoji, by their names and by keywords in the user's language. */
export class EmojiSource {
	#table;
	#loadWords;

	/** @param {import("../text/emoji.js").EmojiTable} table @param {() => Promise<void>} loadWords */
	constructor(table, loadWords) {
		this.#table = table;
		this.#loadWords = loadWords;
	}

	/** @param {string} text @param {number} caret @returns {Found | null | Promise<Found | null>} */
	find(text, caret) {
		const match = typed(text, caret, EMOJI);
		if (!match) return null;
		const found = () => ({ ...match, options: this.#options(match.query) });
		return this.#table.hasWords ? found() : this.#loadWords().then(found);
	}

	/** @param {string} query @returns {Option[]} */
	#options(query) {
		return this.#table.search(query, MAX_RESULTS).map((found) => {
			const name = found.names.find((alias) => beginsWith(alias, fold(query))) ?? found.names[0] ?? "";
			return { value: `${found.emoji} `, label: `:${name}:`, detail: this.#table.labelOf(found), icon: found.emoji };
		});
	}
}
