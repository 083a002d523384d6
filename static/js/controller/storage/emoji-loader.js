/** @typedef {import("../../model/text/emoji.js").EmojiTable} EmojiTable */

/** @param {string} name @returns {Promise<any>} */
async function fetchEmojiFile(name) {
	const response = await fetch(new URL(`../../../emoji/${name}.json`, import.meta.url));
	if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
	return response.json();
}

/** Loads the emoji: the table at the start, the words of a language at the first search. */
export class EmojiLoader {
	#table;
	#language;
	#load;
	/** @type {Promise<void> | null} */
	#words = null;

	/** @param {EmojiTable} table @param {string} language @param {(name: string) => Promise<any>} [load] */
	constructor(table, language, load = fetchEmojiFile) {
		this.#table = table;
		this.#language = language;
		this.#load = load;
	}

	/** Without the table, emoji names and emoticons are shown as text. */
	async loadTable() {
		await this.#load("emoji").then((table) => this.#table.fill(table), warn);
	}

	/** Without the keywords, emoji are found only by their names. After a failure, the next call retries. */
	loadWords() {
		this.#words ??= this.#load(`words-${this.#language}`).then(
			({ words }) => this.#table.fillWords(words),
			(error) => {
				this.#words = null;
				warn(error);
			},
		);
		return this.#words;
	}
}

/** @param {unknown} error */
function warn(error) {
	console.warn("Emoji are missing.", error);
}
