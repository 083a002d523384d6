import { Conversation } from "./conversation.js";
import { Emitter } from "./emitter.js";
import { Link } from "./link.js";
import { Preferences } from "./preferences.js";
import { DEFAULT_LIMITS } from "./protocol.js";
import { Session } from "./session.js";

/** @typedef {import("./protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("./outbox.js").Outbox} Outbox */

/**
 * Everything this client knows, in one place.
 * @extends {Emitter<{current: Conversation}>}
 */
export class World extends Emitter {
	session = new Session();
	link = new Link();
	limits = DEFAULT_LIMITS;
	/** @type {CommandHelp[]} */
	commands = [];
	/** @type {Map<string, Conversation>} */
	#conversations = new Map();
	/** @type {Conversation | null} */
	#current = null;

	/** @param {Outbox} outbox @param {Preferences} [preferences] */
	constructor(outbox, preferences = new Preferences(new Map())) {
		super();
		this.outbox = outbox;
		this.preferences = preferences;
		outbox.on("stored", (message) => this.known(message.conversation)?.timeline.merge([message]));
	}

	/** What is looked at; null before the address was read. */
	get current() {
		return this.#current;
	}

	/** @param {string} id @returns {Conversation} */
	conversation(id) {
		const held = this.#conversations.get(id) ?? new Conversation(id);
		this.#conversations.set(id, held);
		return held;
	}

	/** @param {string} id @returns {Conversation | undefined} */
	known(id) {
		return this.#conversations.get(id);
	}

	/** @param {string} id */
	open(id) {
		const conversation = this.conversation(id);
		if (conversation === this.#current) return;
		this.#current = conversation;
		this.emit("current", conversation);
	}

	/** Another person sits here now: nothing of the last one stays. */
	forget() {
		this.#conversations.clear();
		const id = this.#current?.id;
		this.#current = null;
		if (id) this.open(id);
	}
}
