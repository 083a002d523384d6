/**
 * Parses a slash command while it is typed: its name, the argument at the caret, and suggestions for an unknown name.
 */

/** @typedef {import("../base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("../base/protocol.js").CommandArgument} CommandArgument */

/** The closing marks for each opening quotation mark. Phones insert the curly ones by themselves. */
const QUOTES = new Map([
	['"', '"“”'],
	["“", '”“"'],
	["”", '”"'],
	["„", '“”"‟'],
	["‟", '”"'],
	["＂", "＂"],
	["«", "»"],
	["»", "«»"],
	["‹", "›"],
	["›", "‹›"],
	["'", "'’"],
	["‘", "’'"],
	["’", "’'"],
	["‛", "’'"],
	["‚", "‘’'"],
	["＇", "＇"],
	["「", "」"],
	["『", "』"],
	["〝", "〞〟"],
]);
/** These are also apostrophes: they close only at the end of a word, and one that nothing closes is part of its word. */
const APOSTROPHES = "'‘’‛＇";
const OPTION = /^(?:[-‐‑‒−－]{2}|[—―]|–[-–]?)([\p{L}][\p{L}\p{N}_‐‑‒–—―−﹘﹣－-]*)(=)?/u;
const END_OF_OPTIONS = new Set(["--", "—", "−−", "––"]);
/** One argument in a usage line. */
const PIECE = /--\S+ <[^>]*>|\[[^\]]*\]|<[^>]*>/g;
const MAX_SUGGESTIONS = 3;

/** @param {string} text a command @returns {{name: string, end: number}} its name, and where the name ends */
export function commandIn(text) {
	const [written = ""] = /^\/\S*/.exec(text) ?? [];
	return { name: written.slice(1).toLowerCase(), end: written.length };
}

/**
 * The command with this name, or with this `plugin:name`.
 * @param {readonly CommandHelp[]} commands
 * @param {string} name
 */
export function commandNamed(commands, name) {
	return commands.find((command) => command.name === name || `${command.plugin}:${command.name}` === name);
}

/**
 * Suggestions for an unknown name, the most similar first.
 * @param {readonly CommandHelp[]} commands
 * @param {string} name
 */
export function suggestCommands(commands, name) {
	const maxDistance = Math.max(1, Math.floor(name.length / 3));
	return commands
		.map((command) => ({ command, edits: command.name.startsWith(name) ? 0 : distance(name, command.name) }))
		.filter(({ edits }) => name !== "" && edits <= maxDistance)
		.sort((a, b) => a.edits - b.edits || a.command.name.localeCompare(b.command.name))
		.slice(0, MAX_SUGGESTIONS)
		.map(({ command }) => command);
}

/**
 * The parts of a usage line: the name, then one part for each argument.
 * @param {CommandHelp} command
 * @returns {string[]}
 */
export function usageParts({ name, usage }) {
	return [`/${name}`, ...(usage.match(PIECE) ?? [])];
}

/**
 * The index of the argument at the caret (-1 after the last one), and the typed part of it.
 * @param {CommandHelp} command
 * @param {string} before the text between the command's name and the caret
 * @returns {{index: number, word: string}}
 */
export function argumentAt({ arguments: all }, before) {
	const options = all.filter(({ keyword }) => keyword);
	const positional = all.filter(({ keyword }) => !keyword);
	let place = 0;
	/** @type {CommandArgument | null} */
	let pendingOption = null;
	const words = splitWords(before);
	const word = words.pop() ?? "";
	let mayBeOption = options.length > 0;
	for (const complete of words) {
		const [, name, assigned] = (mayBeOption && OPTION.exec(complete)) || [];
		if (pendingOption) pendingOption = null;
		else if (mayBeOption && END_OF_OPTIONS.has(complete)) mayBeOption = false;
		else if (name)
			pendingOption = (!assigned && options.find((option) => isNamed(option, name) && option.kind !== "flag")) || null;
		else place += 1;
	}
	const [, typed = ""] = (mayBeOption && OPTION.exec(word)) || [];
	const option = pendingOption ?? (typed ? options.find(({ name }) => name.startsWith(plainDashes(typed))) : undefined);
	const last = positional.at(-1);
	const argument = option ?? positional[place] ?? (last?.many || last?.kind === "rest" ? last : undefined);
	return { index: argument ? all.indexOf(argument) : -1, word };
}

/** @param {CommandArgument} option @param {string} written */
const isNamed = ({ name }, written) => name === plainDashes(written);

/** @param {string} name */
const plainDashes = (name) => name.toLowerCase().replace(/[‐‑‒–—―−﹘﹣－]/gu, "-");

/**
 * The words, quoted or not. The last one is still being typed and may be empty.
 * @param {string} text
 * @returns {string[]}
 */
function splitWords(text) {
	const characters = [...text];
	const words = [];
	let word = "";
	let closing = "";
	let unclosed = "";
	for (const [at, character] of characters.entries()) {
		if (closes(characters, at, closing)) closing = "";
		else if (!closing && word === "" && QUOTES.has(character) && !unclosed.includes(character)) {
			closing = closingMarks(characters, at);
			if (!closing) unclosed += character;
		} else if (!closing && /\s/u.test(character)) {
			if (word) words.push(word);
			word = "";
			continue;
		}
		word += character;
	}
	return [...words, word];
}

/**
 * The marks that close the quotation that begins at an index; none if it is an apostrophe.
 * @param {readonly string[]} characters
 * @param {number} start
 */
function closingMarks(characters, start) {
	const opening = characters[start] ?? "";
	const marks = QUOTES.get(opening) ?? "";
	const isClosed = characters.some((_, at) => at > start && closes(characters, at, marks));
	return isClosed || !APOSTROPHES.includes(opening) ? marks : "";
}

/** @param {readonly string[]} characters @param {number} at @param {string} marks */
function closes(characters, at, marks) {
	const character = characters[at] ?? "";
	if (!marks.includes(character)) return false;
	return !APOSTROPHES.includes(character) || /^\s?$/u.test(characters[at + 1] ?? "");
}

/** The Damerau-Levenshtein distance (optimal string alignment). @param {string} a @param {string} b */
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
