import { Refusal } from "../model/refusal.js";
import { growingPause } from "./pauses.js";

/** @typedef {import("../model/protocol.js").Entry} Entry */
/** @typedef {import("../model/world.js").World} World */
/** @typedef {import("./conversations-rest.js").ConversationsRest} Rest */
/** @typedef {import("./socket.js").Socket} Socket */

/** Keeps my list of conversations as the server has it. */
export class Lister {
	#world;
	#rest;
	#random;
	/** What was asked for an earlier connection is no answer for this one. */
	#connection = 0;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on">} socket
	 * @param {Pick<Rest, "list" | "change" | "unlist" | "openPrivate">} rest
	 * @param {() => number} [random]
	 */
	constructor(world, socket, rest, random = Math.random) {
		this.#world = world;
		this.#rest = rest;
		this.#random = random;
		socket.on("live", () => this.#load());
		socket.on("down", () => {
			this.#connection += 1;
		});
	}

	/** The private with the user of this name: it is in my list from now on. @param {string} name @returns {Promise<string>} its id */
	async openPrivate(name) {
		const entry = await this.#rest.openPrivate(name);
		this.put(entry);
		return entry.conversation;
	}

	/** @param {string} conversation @param {Partial<Pick<Entry, "pinned" | "notify">>} change */
	async change(conversation, change) {
		this.put(await this.#rest.change(conversation, change));
	}

	/** @param {string} conversation */
	async leave(conversation) {
		await this.#rest.unlist(conversation);
		this.#world.listing.drop(conversation);
	}

	/** @param {Entry} entry */
	put(entry) {
		this.#meet([entry]);
		this.#world.listing.put(entry);
	}

	/** Ask until there is an answer, or another connection. Who is refused for good has no list, and chats without. */
	async #load() {
		this.#connection += 1;
		const connection = this.#connection;
		for (let failures = 0; connection === this.#connection; failures += 1) {
			const answer = await this.#rest.list().catch(Refusal.from);
			if (connection !== this.#connection) return;
			if (!(answer instanceof Refusal)) return this.#replace(answer);
			if (!answer.passing) return;
			await new Promise((go) => setTimeout(go, growingPause(failures + 1, this.#random)));
		}
	}

	/** @param {{conversations: Entry[], limit: number}} answer */
	#replace({ conversations, limit }) {
		this.#meet(conversations);
		this.#world.listing.replace(conversations, limit);
	}

	/** @param {Entry[]} entries */
	#meet(entries) {
		this.#world.persons.meet(entries.flatMap((entry) => (entry.with ? [entry.with] : [])));
	}
}
