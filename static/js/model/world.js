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
import { PasswordRules } from "./session/password-rules.js";
import { Preferences } from "./session/preferences.js";
import { Session } from "./session/session.js";
import { EmojiTable } from "./text/emoji.js";

/** @typedef {import("./base/protocol.js").CommandHelp} CommandHelp */
/** @typedef {import("./conversation/outbox.js").Outbox} Outbox */
/** @typedef {import("./lists/routes.js").Place} Place */
/** @typedef {import("./base/protocol.js").Role} Role */
/** @typedef {import("./base/refusal.js").Refusal} Refusal */

/**
 * The root of the model: the whole state of the client. Views read it and subscribe to it, controllers update it.
 * Emits `current` when another conversation is opened, `targeted` when it has to scroll to a message, `place` when the
 * place changed, `invited` when an invitation link was opened, `promoted` when an invitation gave the user a role,
 * `refused` for an error to show, and `resolving` when the lookup of a direct conversation begins or ends.
 * @extends {Emitter<{current: Conversation, targeted: Conversation, place: Place, resolving: void, refused: Refusal,
 *   invited: void, promoted: Role, limits: void}>}
 */
export class World extends Emitter {
	session = new Session();
	connection = new ConnectionState();
	emoji = new EmojiTable();
	pageFocus = new PageFocus();
	conversationList = new ConversationList();
	notifications = new Notifications();
	passwordRules = new PasswordRules();
	searchResults = new SearchResults();
	persons = new PersonDirectory();
	limits = DEFAULT_LIMITS;
	/** @type {CommandHelp[]} */
	commands = [];
	/** The nickname in the sign-in form: it survives a reload of the page. */
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

	/** The open conversation; null until the router has read the URL. */
	get current() {
		return this.#current;
	}

	/** The place of the URL; null until the router has read it. */
	get place() {
		return this.#place;
	}

	set place(place) {
		this.#place = place;
		if (place) this.emit("place", place);
	}

	/**
	 * Whether the requested conversation is still being looked up. The screen shows the previous one meanwhile, and input
	 * must not go there.
	 */
	get isResolving() {
		return this.#isResolving;
	}

	set isResolving(isResolving) {
		if (isResolving === this.#isResolving) return;
		this.#isResolving = isResolving;
		this.emit("resolving");
	}

	/** The token of an invitation that was opened and not redeemed yet. */
	get invitation() {
		return this.#invitation;
	}

	set invitation(token) {
		this.#invitation = token;
		if (token) this.emit("invited");
	}

	/** Whether the screen shows the open conversation, not a search or the settings. */
	get showsConversation() {
		return this.#place?.kind === "channel" || this.#place?.kind === "direct";
	}

	/** Whether the user looks at this conversation in this tab. @param {string} id */
	isVisible(id) {
		return this.pageFocus.isFocused && this.showsConversation && this.#current?.id === id;
	}

	/** The number of unread messages to notify about; 0 while the user looks at the page. */
	get pendingCount() {
		return this.pageFocus.isFocused ? 0 : this.conversationList.notifyCount;
	}

	/** The other user of a direct conversation; undefined until the client knows the user. @param {string} id */
	otherUser(id) {
		const me = this.session.me?.id;
		const other = id
			.slice(1)
			.split("~")
			.find((user) => user !== me);
		return other ? this.persons.find(other) : undefined;
	}

	/**
	 * The id of the direct conversation at a place, if the client knows it.
	 * @param {import("./lists/routes.js").DirectPlace} place
	 */
	directAt({ name, user }) {
		const me = this.session.me?.id;
		if (user) return me && user !== me && this.persons.has(user) ? directId(me, user) : undefined;
		const hasName = (/** @type {import("./base/protocol.js").Person} */ person) =>
			person.name === name && !person.former;
		return this.conversationList.all.find((entry) => entry.with && hasName(this.persons.current(entry.with)))
			?.conversation;
	}

	/** @param {string} id of a conversation @param {string} [message] the id of one of its messages @returns {Place} */
	placeFor(id, message) {
		if (!isDirect(id)) return { kind: "channel", id, message };
		return { ...directWith(this.otherUser(id) ?? { id, name: "" }), message };
	}

	/** The conversation with this id, created if needed. @param {string} id @returns {Conversation} */
	conversation(id) {
		const existing = this.#conversations.get(id);
		if (existing) return existing;
		const conversation = new Conversation(id, this.persons);
		if (isDirect(id)) conversation.with = this.otherUser(id);
		this.#conversations.set(id, conversation);
		return conversation;
	}

	/** The conversation with this id, if the client holds it. @param {string} id @returns {Conversation | undefined} */
	loaded(id) {
		return this.#conversations.get(id);
	}

	/** @param {string} id @param {string} [message] the id of a message to scroll to */
	open(id, message) {
		const conversation = this.conversation(id);
		const isAnother = conversation !== this.#current;
		this.#current = conversation;
		conversation.target = message ?? null;
		if (isAnother) this.emit("current", conversation);
		if (message) this.emit("targeted", conversation);
	}

	/** The server restored a backup: drop what it may not have any more. Drafts and unsent messages are kept. */
	forgetHistory() {
		for (const conversation of this.#conversations.values()) {
			conversation.reset();
			conversation.readState.reset();
		}
		this.searchResults.clear();
	}

	/** Drop everything of the previous user: another one signed in, or the user signed out. */
	clear() {
		this.#conversations.clear();
		this.uploads.clear();
		this.conversationList.clear();
		this.searchResults.clear();
		const { id, target } = this.#current ?? {};
		this.#current = null;
		// A direct conversation belongs to the previous user.
		if (id && !isDirect(id)) this.open(id, target ?? undefined);
	}
}

/**
 * The public data of the user.
 * @param {import("./base/protocol.js").Me} me
 * @returns {import("./base/protocol.js").Person}
 */
const personOf = ({ id, name, avatar = "" }) => ({ id, name, avatar });
