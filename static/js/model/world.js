import { Conversation } from "./conversation.js";
import { Emitter } from "./emitter.js";
import { EmojiTable } from "./emoji.js";
import { Link } from "./link.js";
import { Persons } from "./persons.js";
import { Preferences } from "./preferences.js";
import { DEFAULT_LIMITS } from "./protocol.js";
import { Session } from "./session.js";

/** @typedef {import("./protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("./outbox.js").Outbox} Outbox */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./refusal.js").Refusal} Refusal */

/**
 * Everything this client knows, in one place.
 * `current` when another conversation is looked at, `aimed` when a message of it is wanted, `place` when something else
 * than a conversation may be on the screen, `refused` when nobody but the reader can be told.
 * @extends {Emitter<{current: Conversation, aimed: Conversation, place: Place, refused: Refusal}>}
 */
export class World extends Emitter {
	session = new Session();
	link = new Link();
	emoji = new EmojiTable();
	persons = new Persons();
	limits = DEFAULT_LIMITS;
	/** @type {CommandHelp[]} */
	commands = [];
	/** @type {Map<string, Conversation>} */
	#conversations = new Map();
	/** @type {Conversation | null} */
	#current = null;
	/** @type {Place | null} */
	#place = null;

	/** @param {Outbox} outbox @param {Preferences} [preferences] */
	constructor(outbox, preferences = new Preferences(new Map())) {
		super();
		this.outbox = outbox;
		this.preferences = preferences;
		this.session.on("me", () => this.session.me && this.persons.meet([personOf(this.session.me)]));
		this.persons.on("change", (changed) => {
			for (const { people } of this.#conversations.values()) people.notice(changed);
		});
		outbox.on("stored", (message) => this.known(message.conversation)?.timeline.merge([message]));
	}

	/** The conversation one is in; null before the address was read. */
	get current() {
		return this.#current;
	}

	/** What the address stands for; null before it was read. */
	get place() {
		return this.#place;
	}

	set place(place) {
		this.#place = place;
		if (place) this.emit("place", place);
	}

	/** Whether the conversation one is in is what the screen shows. */
	get looksAtConversation() {
		return this.#place?.kind === "channel" || this.#place?.kind === "private";
	}

	/** @param {string} id of a conversation @param {string} [message] the id of one of its messages @returns {Place} */
	placeOf(id, message) {
		const other = this.known(id)?.with;
		return other ? { kind: "private", name: other.name, message } : { kind: "channel", id, message };
	}

	/** @param {string} id @returns {Conversation} */
	conversation(id) {
		const held = this.#conversations.get(id) ?? new Conversation(id, this.persons);
		this.#conversations.set(id, held);
		return held;
	}

	/** @param {string} id @returns {Conversation | undefined} */
	known(id) {
		return this.#conversations.get(id);
	}

	/** @param {string} id @param {string} [message] to be looked at */
	open(id, message) {
		const conversation = this.conversation(id);
		const isAnother = conversation !== this.#current;
		this.#current = conversation;
		conversation.aim = message ?? null;
		if (isAnother) this.emit("current", conversation);
		if (message) this.emit("aimed", conversation);
	}

	/** Another person sits here now: nothing of the last one stays. */
	forget() {
		this.#conversations.clear();
		const id = this.#current?.id;
		this.#current = null;
		// Whose private it was is another question for another person.
		if (id?.startsWith("#")) this.open(id);
	}
}

/** As others see me. @param {import("./protocol.js").Me} me @returns {import("./protocol.js").Person} */
const personOf = ({ id, name, avatar = "" }) => ({ id, name, avatar });
