import { Emitter } from "../base/emitter.js";
import { channelId } from "../base/names.js";
import { beginsWith, fold } from "../text/fold.js";
import { directWith } from "./routes.js";

/** @typedef {import("./conversation-list.js").Listed} Listed */
/** @typedef {import("./routes.js").Place} Place */
/** @typedef {import("../base/protocol.js").Channel} Channel */
/** @typedef {import("../base/protocol.js").Person} Person */

/**
 * @typedef {object} Option where somebody may want to go
 * @property {"entry" | "channel" | "person" | "create" | "search"} kind
 * @property {string} key
 * @property {string} name of a channel or person, or the words to search for
 * @property {Place} place
 * @property {Listed} [entry] in my list
 * @property {Channel} [channel] not in my list
 * @property {Person} [person] the other one of a private
 */

/** Of each kind, so many are offered beside what is in my list. */
const MAX_OFFERED = 6;

/** @param {string} query @returns {{sign: string, prefix: string}} `#` and `@` ask for channels alone and for people alone */
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

	/** What to ask the server for. */
	get prefix() {
		return this.#query.slice(parse(this.#query).sign.length);
	}

	get wantsChannels() {
		return parse(this.#query).sign !== "@";
	}

	get wantsPeople() {
		return parse(this.#query).sign !== "#";
	}

	/** @param {string} query @param {Listed[]} entries my list @param {string} me my id */
	setQuery(query, entries, me) {
		this.#query = query.trim();
		this.#entries = entries;
		this.#me = me;
		this.#selectedIndex = 0;
		this.#moved = false;
		// What was offered before and still fits stays until there is an answer: nothing flickers.
		this.emit("change");
	}

	/** The server's answer. @param {string} query to what @param {Channel[]} channels @param {Person[]} people */
	addResults(query, channels, people) {
		if (query !== this.#query) return;
		// Who has not chosen gets the best of what there is now.
		const chosen = this.#moved ? this.selected?.key : undefined;
		this.#channels = channels;
		this.#people = people;
		const at = this.options.findIndex(({ key }) => key === chosen);
		this.#selectedIndex = Math.max(0, at);
		this.emit("change");
	}

	/** Which option is chosen, from 0. */
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
		const mine = this.#listed(sign, prefix);
		const isListed = new Set(mine.map(({ key }) => key));
		const offered = [...this.#foundChannels(prefix), ...this.#foundPeople(prefix)];
		return [...mine, ...offered.filter(({ key }) => !isListed.has(key)), ...this.#others(sign)];
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
		const fitting = this.#channels.filter(({ conversation }) => beginsWith(conversation.slice(1), prefix));
		return fitting.slice(0, MAX_OFFERED).map(channelOption);
	}

	/** @param {string} prefix @returns {Option[]} */
	#foundPeople(prefix) {
		if (!this.wantsPeople) return [];
		const fitting = this.#people.filter(({ id, name }) => id !== this.#me && beginsWith(name, prefix));
		return fitting.slice(0, MAX_OFFERED).map(personOption);
	}

	/** A channel that does not exist yet, and words in messages. @param {string} sign @returns {Option[]} */
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
