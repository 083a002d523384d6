import { ANONYMOUS } from "../../model/base/messages.js";
import { Refusal } from "../../model/base/refusal.js";
import { directId } from "../../model/lists/conversation-list.js";
import { backoffMs, sleep } from "../net/backoff.js";

/** @typedef {import("../../model/base/protocol.js").Entry} Entry */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/conversations-api.js").ConversationsApi} ConversationsApi */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** The server sends at most this many messages in one `activity` event. */
export const MAX_ACTIVITY_MESSAGES = 20;
/** Delay before the list is loaded again after a gap, so that many gaps cause one request. */
export const REFRESH_MS = 2_000;

/** Keeps the user's conversation list equal to the server's. */
export class ListSync {
	#world;
	#api;
	#random;
	/** The number of the latest load: an answer to an earlier one is discarded. */
	#connection = 0;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on">} socket
	 * @param {Pick<ConversationsApi, "list" | "update" | "unlist" | "openDirect">} api
	 * @param {() => number} [random]
	 */
	constructor(world, socket, api, random = Math.random) {
		this.#world = world;
		this.#api = api;
		this.#random = random;
		socket.on("live", () => this.#load());
		socket.on("down", () => {
			this.#connection += 1;
			world.conversationList.isLoading = false;
			clearTimeout(this.#timer);
			this.#timer = undefined;
		});
	}

	/**
	 * Messages in conversations to which this connection is not subscribed. After a burst the server sends only the
	 * newest messages; then the list is loaded again for the unread counts.
	 * @param {import("../../model/base/protocol.js").Activity} activity
	 */
	receive({ conversation, messages }) {
		const { conversationList, persons, session } = this.#world;
		const known = conversationList.get(conversation)?.head ?? 0;
		persons.update(messages.map(({ author }) => author));
		for (const message of messages) conversationList.receive(message, session.me ?? ANONYMOUS);
		const isGap = messages.length >= MAX_ACTIVITY_MESSAGES && Number(messages[0]?.seq) > known + 1;
		if (isGap) this.#timer ??= setTimeout(() => this.#load(), REFRESH_MS);
	}

	/**
	 * Open the direct conversation with a user, which adds it to the list.
	 * @param {import("../../model/lists/routes.js").DirectPlace} place
	 * @returns {Promise<string>} its id
	 */
	async openDirect({ name, user }) {
		const me = this.#world.session.me?.id ?? "";
		const entry = await (user ? this.#api.update(directId(me, user), {}) : this.#api.openDirect(name));
		this.put(entry);
		return entry.conversation;
	}

	/** @param {string} conversation @param {Partial<Pick<Entry, "pinned" | "notify">>} change */
	async update(conversation, change) {
		this.put(await this.#api.update(conversation, change));
	}

	/** @param {string} conversation */
	async unlist(conversation) {
		await this.#api.unlist(conversation);
		this.#world.conversationList.remove(conversation);
	}

	/** @param {Entry} entry */
	put(entry) {
		this.#updatePersons([entry]);
		this.#world.conversationList.put(entry);
	}

	/**
	 * Load the list, with retries until there is an answer or another connection. After a refusal that no retry changes,
	 * the client works without a list.
	 */
	async #load() {
		this.#timer = undefined;
		this.#connection += 1;
		const connection = this.#connection;
		for (let failures = 0; connection === this.#connection; failures += 1) {
			this.#world.conversationList.isLoading = true;
			const answer = await this.#api.list().catch(Refusal.from);
			if (connection !== this.#connection) return;
			if (!(answer instanceof Refusal)) return this.#replace(answer);
			this.#world.conversationList.isLoading = false;
			if (!answer.passing) return;
			await sleep(backoffMs(failures + 1, this.#random));
		}
	}

	/** @param {{conversations: Entry[], limit: number}} answer */
	#replace({ conversations, limit }) {
		this.#updatePersons(conversations);
		this.#world.conversationList.replace(conversations, limit);
	}

	/** @param {Entry[]} entries */
	#updatePersons(entries) {
		this.#world.persons.update(entries.flatMap((entry) => (entry.with ? [entry.with] : [])));
	}
}
