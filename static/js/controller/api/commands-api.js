/** @typedef {import("../../model/completion/completion.js").Found} Found */
/** @typedef {import("../../model/base/protocol.js").PluginState} PluginState */
/** @typedef {import("../net/http.js").Http} Http */

/** Requests about slash commands and their plugins. Every failure is a Refusal. */
export class CommandsApi {
	#request;

	/** @param {Pick<Http, "request">} http */
	constructor(http) {
		this.#request = http.request.bind(http);
	}

	/**
	 * What could stand at the caret of a command.
	 * @param {string} conversation
	 * @param {string} text
	 * @param {number} caret
	 * @returns {Promise<Found>}
	 */
	async complete(conversation, text, caret) {
		const query = new URLSearchParams({ conversation, text, at: String(points(text, caret)) });
		/** @type {{options: {value: string, label?: string}[], from: number, to: number}} */
		const { options, from, to } = await this.#request("GET", `/api/commands/complete?${query}`);
		return {
			from: units(text, from),
			to: units(text, to),
			options: options.map(({ value, label = value }) => ({ value: `${value} `, label })),
		};
	}

	/** All that are installed. @returns {Promise<PluginState[]>} */
	async plugins() {
		return (await this.#request("GET", "/api/plugins")).plugins;
	}

	/** @param {string} name @param {boolean} enabled @returns {Promise<PluginState>} */
	setPluginEnabled(name, enabled) {
		return this.#request("POST", `/api/plugins/${encodeURIComponent(name)}`, { enabled });
	}
}

/** The server counts code points, the browser counts halves of some of them. @param {string} text @param {number} at */
const points = (text, at) => [...text.slice(0, at)].length;

/** @param {string} text @param {number} at */
const units = (text, at) => [...text].slice(0, at).join("").length;
