import { Emitter } from "./base/emitter.js";
import { DEFAULT_LIMITS } from "./base/protocol.js";
import { Conversation } from "./conversation/conversation.js";
import { Uploads } from "./conversation/uploads.js";
import { ConversationList, directId, isDirect } from "./lists/conversation-list.js";
import { PersonDirectory } from "./lists/person-directory.js";
import { directWith } from "./lists/routes.js";
import { SearchResults } from "./lists/search-results.js";
import { ConnectionState } from "./session/connection-state.js";
import { Notifications } from "./session/notifications.js";
import { PageFocus } from "./session/page-focus.js";
import { Preferences } from "./session/preferences.js";
import { Session } from "./session/session.js";
import { EmojiTable } from "./text/emoji.js";

/** @typedef {import("./base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("./conversation/outbox.js").Outbox} Outbox */
/** @typedef {import("./lists/routes.js").Place} Place */
/** @typedef {import("./base/protocol.js").Role} Role */
/** @typedef {import("./base/refusal.js").Refusal} Refusal */

/**
 * The root of the model: everything that this client knows.
 * Emits `current` when another conversation is shown, `targeted` when a message of it is to be shown, `place` when the
 * place changed, `invited` when an invitation was opened, `promoted` when it gave the user a role, `refused` for an error
 * that only the user sees, and `resolving` when the search for a direct conversation begins or ends.
 * @extends {Emitter<{current: Conversation, targeted: Conversation, place: Place, resolving: void, refused: Refusal,
 *   invited: void, promoted: Role}>}
 */
export class World extends Emitter {
	session = new Session();
	connection = new ConnectionState();
	emoji = new EmojiTable();
	pageFocus = new PageFocus();
	conversationList = new ConversationList();
	notifications = new Notifications();
	searchResults = new SearchResults();
	persons = new PersonDirectory();
	limits = DEFAULT_LIMITS;
	/** @type {CommandHelp[]} */
	commands = [];
	/** What is written at the door. */
	nickname = "";
	/** @type {Map<string, Conversation>} */
	#conversations = new Map();
	/** @type {Conversation | null} */
	#current = null;
	/** @type {Place | null} */
	#place = null;
	#isResolving = false;
	/** @type {string | null} */
	#invitation = null;

	/** @param {Outbox} outbox @param {Preferences} [preferences] */
	constructor(outbox, preferences = new Preferences(new Map())) {
		super();
		this.outbox = outbox;
		this.uploads = new Uploads(outbox, () => this.limits);
		this.preferences = preferences;
		this.session.on("me", () => this.session.me && this.persons.update([personOf(this.session.me)]));
		this.persons.on("change", (changed) => {
			for (const conversation of this.#conversations.values()) {
				conversation.participants.refresh(changed);
				if (isDirect(conversation.id)) conversation.with = this.otherUser(conversation.id);
			}
		});
		outbox.on("stored", (message) => this.loaded(message.conversation)?.timeline.merge([message]));
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

	/** Whether the one before is shown until the conversation that is wanted is found: what is written now is not for it. */
	get isResolving() {
		return this.#isResolving;
	}

	set isResolving(isResolving) {
		if (isResolving === this.#isResolving) return;
		this.#isResolving = isResolving;
		this.emit("resolving");
	}

	/** The token of an invitation that was opened and is not used yet. */
	get invitation() {
		return this.#invitation;
	}

	set invitation(token) {
		this.#invitation = token;
		if (token) this.emit("invited");
	}

	/** Whether the conversation one is in is what the screen shows. */
	get showsConversation() {
		return this.#place?.kind === "channel" || this.#place?.kind === "direct";
	}

	/** Whether somebody looks at this conversation, in this tab. @param {string} id */
	isVisible(id) {
		return this.pageFocus.isFocused && this.showsConversation && this.#current?.id === id;
	}

	/** How much is of interest and unread, for somebody who does not look. */
	get pendingCount() {
		return this.pageFocus.isFocused ? 0 : this.conversationList.notifyCount;
	}

	/** The other person of a private; undefined until it is known who that is. @param {string} id of a private */
	otherUser(id) {
		const me = this.session.me?.id;
		const other = id
			.slice(1)
			.split("~")
			.find((one) => one !== me);
		return other ? this.persons.find(other) : undefined;
	}

	/** The id of the private at this place, if that is known here. @param {import("./lists/routes.js").DirectPlace} place */
	directAt({ name, user }) {
		const me = this.session.me?.id;
		if (user) return me && user !== me && this.persons.has(user) ? directId(me, user) : undefined;
		const isMeant = (/** @type {import("./base/protocol.js").Person} */ person) =>
			person.name === name && !person.former;
		return this.conversationList.all.find((entry) => entry.with && isMeant(this.persons.current(entry.with)))
			?.conversation;
	}

	/** @param {string} id of a conversation @param {string} [message] the id of one of its messages @returns {Place} */
	placeFor(id, message) {
		if (!isDirect(id)) return { kind: "channel", id, message };
		return { ...directWith(this.otherUser(id) ?? { id, name: "" }), message };
	}

	/** @param {string} id @returns {Conversation} */
	conversation(id) {
		const existing = this.#conversations.get(id);
		if (existing) return existing;
		const made = new Conversation(id, this.persons);
		if (isDirect(id)) made.with = this.otherUser(id);
		this.#conversations.set(id, made);
		return made;
	}

	/** @param {string} id @returns {Conversation | undefined} */
	loaded(id) {
		return this.#conversations.get(id);
	}

	/** @param {string} id @param {string} [message] to be looked at */
	open(id, message) {
		const conversation = this.conversation(id);
		const isAnother = conversation !== this.#current;
		this.#current = conversation;
		conversation.target = message ?? null;
		if (isAnother) this.emit("current", conversation);
		if (message) this.emit("targeted", conversation);
	}

	/** Another person sits here now: nothing of the last one stays. */
	clear() {
		this.#conversations.clear();
		this.uploads.clear();
		this.conversationList.clear();
		this.searchResults.clear();
		const { id, target } = this.#current ?? {};
		this.#current = null;
		// Whose private it was is another question for another person.
		if (id && !isDirect(id)) this.open(id, target ?? undefined);
	}
}

/** As others see me. @param {import("./base/protocol.js").Me} me @returns {import("./base/protocol.js").Person} */
const personOf = ({ id, name, avatar = "" }) => ({ id, name, avatar });
