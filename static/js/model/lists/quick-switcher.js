import { Emitter } from "../base/emitter.js";
import { channelId } from "../base/names.js";
import { beginsWith, fold } from "../text/fold.js";
import { directWith } from "./routes.js";

/** @typedef {import("./conversation-list.js").Listed} Listed */
/** @typedef {import("./routes.js").Place} Place */
/** @typedef {import("../base/protocol.js").Channel} Channel */
/** @typedef {import("../base/protocol.js").Person} Person */

/**
 * @typedef {object} Option a possible destination
 * @property {"entry" | "channel" | "person" | "create" | "search"} kind
 * @property {string} key
 * @property {string} name of a channel or user, or the search text
 * @property {Place} place
 * @property {Listed} [entry] set for a conversation in the user's list
 * @property {Channel} [channel] set for any channel
 * @property {Person} [person] the other user of a direct conversation
 */

/** How many channels, and how many users, are shown that are not in the user's list. */
const MAX_OFFERED = 6;

/**
 * @param {string} query
 * @returns {{sign: string, prefix: string}} the sign `#` selects channels only, `@` users only
 */
function parse(query) {
	const sign = query.startsWith("#") || query.startsWith("@") ? query.charAt(0) : "";
	return { sign, prefix: fold(query.slice(sign.length)) };
}

/**
 * The results of the quick switcher for its input: conversations, channels, users, and a search.
 * @extends {Emitter<{change: void}>}
 */
export class QuickSwitcher extends Emitter {
	#query = "";
	#selectedIndex = 0;
	#moved = false;
	/** @type {Listed[]} */
	#entries = [];
	/** @type {Channel[]} */
	#channels = [];
	/** @type {Person[]} */
	#people = [];
	#me = "";

	get query() {
		return this.#query;
	}

	/** The query without its sign, as the server expects it. */
	get prefix() {
		return this.#query.slice(parse(this.#query).sign.length);
	}

	get wantsChannels() {
		return parse(this.#query).sign !== "@";
	}

	get wantsPeople() {
		return parse(this.#query).sign !== "#";
	}

	/** @param {string} query @param {Listed[]} entries the user's list @param {string} me the user's id */
	setQuery(query, entries, me) {
		this.#query = query.trim();
		this.#entries = entries;
		this.#me = me;
		this.#selectedIndex = 0;
		this.#moved = false;
		// Earlier results that still match stay until the answer arrives, so that nothing flickers.
		this.emit("change");
	}

	/**
	 * Add the server's results.
	 * @param {string} query the one that was sent
	 * @param {Channel[]} channels
	 * @param {Person[]} people
	 */
	addResults(query, channels, people) {
		if (query !== this.#query) return;
		// Keep the selection only if the user moved it; else select the best option.
		const selectedKey = this.#moved ? this.selected?.key : undefined;
		this.#channels = channels;
		this.#people = people;
		const index = this.options.findIndex(({ key }) => key === selectedKey);
		this.#selectedIndex = Math.max(0, index);
		this.emit("change");
	}

	get selectedIndex() {
		return this.#selectedIndex;
	}

	/** @param {number} step */
	move(step) {
		const count = this.options.length;
		this.#moved = true;
		if (count > 0) this.#selectedIndex = (this.#selectedIndex + step + count) % count;
		this.emit("change");
	}

	/** @returns {Option | undefined} */
	get selected() {
		return this.options[this.#selectedIndex];
	}

	/** @returns {Option[]} */
	get options() {
		if (!this.#query) return [];
		const { sign, prefix } = parse(this.#query);
		const listed = this.#listed(sign, prefix);
		const listedKeys = new Set(listed.map(({ key }) => key));
		const found = [...this.#foundChannels(prefix), ...this.#foundPeople(prefix)];
		return [...listed, ...found.filter(({ key }) => !listedKeys.has(key)), ...this.#others(sign)];
	}

	/** @param {string} sign @param {string} prefix @returns {Option[]} */
	#listed(sign, prefix) {
		return this.#entries
			.map((entry) => entryOption(entry))
			.filter(({ person, name }) => beginsWith(name, prefix) && (!sign || (sign === "@") === Boolean(person)));
	}

	/** @param {string} prefix @returns {Option[]} */
	#foundChannels(prefix) {
		if (!this.wantsChannels) return [];
		const matching = this.#channels.filter(({ conversation }) => beginsWith(conversation.slice(1), prefix));
		return matching.slice(0, MAX_OFFERED).map(channelOption);
	}

	/** @param {string} prefix @returns {Option[]} */
	#foundPeople(prefix) {
		if (!this.wantsPeople) return [];
		const matching = this.#people.filter(({ id, name }) => id !== this.#me && beginsWith(name, prefix));
		return matching.slice(0, MAX_OFFERED).map(personOption);
	}

	/**
	 * Options to create a channel with this name and to search for the text in messages.
	 * @param {string} sign
	 * @returns {Option[]}
	 */
	#others(sign) {
		const text = this.#query;
		/** @type {Option} */
		const search = { kind: "search", key: "search", name: text, place: { kind: "search", query: { q: text } } };
		const id = sign === "@" ? null : channelId(this.prefix);
		const isKnown = [...this.#entries, ...this.#channels].some(({ conversation }) => conversation === id);
		if (!id || isKnown) return [search];
		return [{ kind: "create", key: "create", name: id.slice(1), place: { kind: "channel", id } }, search];
	}
}

/** @param {Listed} entry @returns {Option} */
function entryOption(entry) {
	const { with: person } = entry;
	if (person) return { ...personOption(person), kind: "entry", entry };
	return { ...channelOption(entry), kind: "entry", entry };
}

/** @param {Channel} channel @returns {Option} */
function channelOption(channel) {
	const id = channel.conversation;
	return { kind: "channel", key: id, name: id.slice(1), place: { kind: "channel", id }, channel };
}

/** @param {Person} person @returns {Option} */
function personOption(person) {
	const { id, name } = person;
	return { kind: "person", key: `user ${id}`, name, place: directWith(person), person };
}
