/** Parses a slash command while it is typed: its name, the argument at the caret, and suggestions for an unknown name. */

/** @typedef {import("../base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("../base/protocol.js").CommandArgument} CommandArgument */

/** A closing mark for each that may open a word; phones write the curly ones by themselves. */
const QUOTES = new Map([
	['"', '"“”'],
	["“", '”"'],
	["”", '”"'],
	["„", '“”"'],
	["«", "»"],
	["»", "«»"],
]);
const OPTION = /^(?:--|—|–-?)([\p{L}][\p{L}\p{N}_-]*)(=)?/u;
/** The pieces of a usage line, one for each argument. */
const PIECE = /--\S+ <[^>]*>|\[[^\]]*\]|<[^>]*>/g;
const MAX_SUGGESTIONS = 3;

/** @param {string} text that is a command @returns {{name: string, end: number}} and where the name ends */
export function commandIn(text) {
	const [written = ""] = /^\/\S*/.exec(text) ?? [];
	return { name: written.slice(1).toLowerCase(), end: written.length };
}

/** Also as `/plugin:name`. @param {readonly CommandHelp[]} commands @param {string} name */
export function commandNamed(commands, name) {
	return commands.find((command) => command.name === name || `${command.plugin}:${command.name}` === name);
}

/** What may have been meant by a name that no command has, the likeliest first. @param {readonly CommandHelp[]} commands @param {string} name */
export function suggestCommands(commands, name) {
	const near = Math.max(1, Math.floor(name.length / 3));
	return commands
		.map((command) => ({ command, far: command.name.startsWith(name) ? 0 : distance(name, command.name) }))
		.filter(({ far }) => name !== "" && far <= near)
		.sort((a, b) => a.far - b.far || a.command.name.localeCompare(b.command.name))
		.slice(0, MAX_SUGGESTIONS)
		.map(({ command }) => command);
}

/** The pieces of a command's usage: its name, and then one for each argument. @param {CommandHelp} command @returns {string[]} */
export function usageParts({ name, usage }) {
	return [`/${name}`, ...(usage.match(PIECE) ?? [])];
}

/**
 * Which argument the caret is in, -1 behind the last one, and what is typed of it.
 * @param {CommandHelp} command
 * @param {string} before what stands between the command's name and the caret
 * @returns {{index: number, word: string}}
 */
export function argumentAt({ arguments: all }, before) {
	const options = all.filter(({ keyword }) => keyword);
	const places = all.filter(({ keyword }) => !keyword);
	let place = 0;
	/** @type {CommandArgument | null} */
	let waiting = null;
	const words = splitWords(before);
	const word = words.pop() ?? "";
	for (const passed of words) {
		const [, name, assigned] = (options.length > 0 && OPTION.exec(passed)) || [];
		if (waiting) waiting = null;
		else if (name) waiting = (!assigned && options.find((one) => one.name === name && one.kind !== "flag")) || null;
		else place += 1;
	}
	const [, typed = ""] = OPTION.exec(word) ?? [];
	const option = waiting ?? (typed ? options.find(({ name }) => name.startsWith(typed)) : undefined);
	const last = places.at(-1);
	const here = option ?? places[place] ?? (last?.many || last?.kind === "rest" ? last : undefined);
	return { index: here ? all.indexOf(here) : -1, word };
}

/** Word by word, in quotes or not; the last one is the one that is being typed, perhaps empty. @param {string} text @returns {string[]} */
function splitWords(text) {
	const words = [];
	let word = "";
	let closing = "";
	for (const character of text) {
		if (closing.includes(character)) closing = "";
		else if (!closing && word === "" && QUOTES.has(character)) closing = QUOTES.get(character) ?? "";
		else if (!closing && /\s/u.test(character)) {
			if (word) words.push(word);
			word = "";
			continue;
		}
		word += character;
	}
	return [...words, word];
}

/** How many letters have to be changed, put in, left out or swapped with their neighbours. @param {string} a @param {string} b */
function distance(a, b) {
	/** @type {number[][]} */
	const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
	const at = (/** @type {number} */ row, /** @type {number} */ column) => rows[row]?.[column] ?? 0;
	for (let i = 1; i <= a.length; i += 1) {
		/** @type {number[]} */
		const row = [i];
		rows.push(row);
		for (let j = 1; j <= b.length; j += 1) {
			const changed = at(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]);
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			row.push(
				Math.min(
					at(i - 1, j) + 1,
					at(i, j - 1) + 1,
					changed,
					swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
				),
			);
		}
	}
	return at(a.length, b.length);
}
