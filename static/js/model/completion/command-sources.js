/** Sources for `Completion`: the names, the usage and the arguments of slash commands. */

import { isCommand } from "../text/links.js";
import { argumentAt, commandIn, commandNamed, usageParts } from "./command-line.js";
import { Debounce } from "./debounce.js";

/** @typedef {import("./completion.js").Found} Found */
/** @typedef {import("../base/protocol.js").CommandHelp} CommandHelp */

/** Argument kinds for which the server has no options, or none beyond those in the list of commands. */
const LOCAL_KINDS = new Set(["text", "number", "rest", "choice"]);
const PAUSE_MS = 120;

/** The names of the commands that the user may run. */
export class CommandNameSource {
	#commands;
	#describe;

	/**
	 * @param {() => readonly CommandHelp[]} commands
	 * @param {(command: CommandHelp) => string} [describe] what a command does
	 */
	constructor(commands, describe = ({ summary }) => summary) {
		this.#commands = commands;
		this.#describe = describe;
	}

	/** @param {string} text @param {number} caret @returns {Found | null} */
	find(text, caret) {
		const { end } = commandIn(text);
		if (!isCommand(text) || caret === 0 || caret > end) return null;
		const typed = text.slice(1, caret).toLowerCase();
		const options = this.#commands()
			.filter(
				({ name, plugin }) => name.startsWith(typed) || (typed.includes(":") && `${plugin}:${name}`.startsWith(typed)),
			)
			.map((command) => ({ value: `/${command.name} `, label: command.usage, detail: this.#describe(command) }));
		return { from: 0, to: end, options };
	}
}

/** The usage of a command with the argument at the caret, and the choices for it. */
export class CommandUsageSource {
	#commands;

	/** @param {() => readonly CommandHelp[]} commands */
	constructor(commands) {
		this.#commands = commands;
	}

	/** @param {string} text @param {number} caret @returns {Found | null} */
	find(text, caret) {
		const place = placeIn(this.#commands(), text, caret);
		if (!place) return null;
		const { command, index, word } = place;
		const choices = (command.arguments[index]?.choices ?? []).filter((choice) => choice.startsWith(word));
		const options = choices.map((choice) => ({ value: `${choice} `, label: choice }));
		return { from: caret - word.length, to: caret, options, hint: { parts: usageParts(command), at: index + 1 } };
	}
}

/** Options for the argument at the caret that only the server knows. */
export class CommandArgumentSource {
	#commands;
	#ask;
	#debounce = new Debounce(PAUSE_MS);

	/**
	 * @param {() => readonly CommandHelp[]} commands
	 * @param {(text: string, caret: number) => Promise<Found>} ask
	 */
	constructor(commands, ask) {
		this.#commands = commands;
		this.#ask = ask;
	}

	/** @param {string} text @param {number} caret @returns {Promise<Found | null>} */
	async find(text, caret) {
		const hasPaused = this.#debounce.start();
		const place = placeIn(this.#commands(), text, caret);
		const argument = place?.command.arguments[place.index];
		if (!argument || LOCAL_KINDS.has(argument.kind)) return null;
		return (await hasPaused()) ? this.#ask(text, caret) : null;
	}
}

/** @param {readonly CommandHelp[]} commands @param {string} text @param {number} caret */
function placeIn(commands, text, caret) {
	const { name, end } = commandIn(text);
	const command = isCommand(text) && caret > end ? commandNamed(commands, name) : undefined;
	return command ? { command, ...argumentAt(command, text.slice(end, caret)) } : null;
}
