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
	 * The options at the caret of a command.
	 * @param {string} conversation
	 * @param {string} text
	 * @param {number} caret
	 * @returns {Promise<Found>}
	 */
	async complete(conversation, text, caret) {
		const query = new URLSearchParams({ conversation, text, at: String(codePointsAt(text, caret)) });
		/** @type {{options: {value: string, label?: string}[], from: number, to: number}} */
		const { options, from, to } = await this.#request("GET", `/api/commands/complete?${query}`);
		return {
			from: codeUnitsAt(text, from),
			to: codeUnitsAt(text, to),
			options: options.map(({ value, label = value }) => ({ value: `${value} `, label })),
		};
	}

	/** All installed plugins. @returns {Promise<PluginState[]>} */
	async plugins() {
		return (await this.#request("GET", "/api/plugins")).plugins;
	}

	/** @param {string} name @param {boolean} enabled @returns {Promise<PluginState>} */
	setPluginEnabled(name, enabled) {
		return this.#request("POST", `/api/plugins/${encodeURIComponent(name)}`, { enabled });
	}
}

/**
 * From UTF-16 code units, as in the browser, to code points, as on the server.
 * @param {string} text
 * @param {number} at
 */
const codePointsAt = (text, at) => [...text.slice(0, at)].length;

/** From code points to UTF-16 code units. @param {string} text @param {number} at */
const codeUnitsAt = (text, at) => [...text].slice(0, at).join("").length;
