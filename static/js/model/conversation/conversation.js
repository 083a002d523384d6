import { Emitter } from "../base/emitter.js";
import { isDirect } from "../lists/conversation-list.js";
import { PersonDirectory } from "../lists/person-directory.js";
import { Ghosts } from "./ghosts.js";
import { OwnDraft } from "./own-draft.js";
import { Participants } from "./participants.js";
import { ReadState } from "./read-state.js";
import { SyncCursor } from "./sync-cursor.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("../base/refusal.js").Removal} Removal */
/** @typedef {{key: string, text: string, position: number, at: number}} LocalNotice */

/**
 * The client's state of a channel or a direct conversation.
 * @extends {Emitter<{topic: void, notices: void, removal: void, target: void, with: void, replyTo: void}>}
 */
export class Conversation extends Emitter {
	cursor = new SyncCursor();
	draft = new OwnDraft();
	readState = new ReadState();
	#topic = "";
	/** @type {Removal | null} */
	#removal = null;
	/** @type {import("../base/protocol.js").Person | undefined} */
	#with;
	/** @type {string | null} */
	#target = null;
	/** @type {import("../base/protocol.js").Quote | null} */
	#replyTo = null;
	/** @type {LocalNotice[]} */
	#notices = [];
	#noticeCount = 0;

	/** @param {string} id @param {PersonDirectory} [persons] gets the users that appear in this conversation */
	constructor(id, persons = new PersonDirectory()) {
		super();
		this.participants = new Participants(persons);
		this.timeline = new Timeline(persons);
		this.ghosts = new Ghosts(persons);
		this.id = id;
		this.name = id.slice(1);
		this.timeline.on("change", () => this.#removeCommittedDrafts());
	}

	get topic() {
		return this.#topic;
	}

	set topic(topic) {
		this.#topic = topic;
		this.emit("topic");
	}

	/** The other user of a direct conversation; undefined until the client knows the user. */
	get with() {
		return this.#with;
	}

	set with(person) {
		if (person === this.#with) return;
		this.#with = person;
		this.emit("with");
	}

	get isDirect() {
		return isDirect(this.id);
	}

	/** `#music`, or the name of the other user. */
	get title() {
		return this.isDirect ? (this.#with?.name ?? "") : this.id;
	}

	/** The id of the message to scroll to. The view resets it once the message is shown. */
	get target() {
		return this.#target;
	}

	set target(id) {
		this.#target = id;
		this.emit("target");
	}

	/** Why the user was removed from here; null if the user was not removed. @returns {Removal | null} */
	get removal() {
		return this.#removal;
	}

	set removal(removal) {
		if (removal === this.#removal) return;
		this.#removal = removal;
		this.emit("removal");
	}

	/** The message that the user replies to. */
	get replyTo() {
		return this.#replyTo;
	}

	set replyTo(quote) {
		this.#replyTo = quote;
		this.emit("replyTo");
	}

	/** Notices of the server: only this user sees them. @returns {readonly LocalNotice[]} */
	get notices() {
		return this.#notices;
	}

	/** @param {import("../base/protocol.js").Message} message a live message or change */
	receive(message) {
		this.cursor.receive(message.seq);
		this.timeline.merge([message]);
	}

	/**
	 * Add a notice. One with the same id is replaced, or removed if the text is empty.
	 * @param {string} text
	 * @param {number} at milliseconds since 1970
	 * @param {string} [id]
	 */
	addNotice(text, at, id) {
		this.#noticeCount += 1;
		const key = id ? `notice-${id}` : `line-${this.#noticeCount}`;
		const known = this.#notices.find((line) => line.key === key);
		if (known) this.#notices = this.#notices.map((line) => (line === known ? { ...line, text } : line));
		else this.#notices = [...this.#notices, { key, text, position: this.timeline.top, at }];
		this.#notices = this.#notices.filter((line) => line.text);
		this.emit("notices");
	}

	/** @param {string} key */
	dismiss(key) {
		this.#notices = this.#notices.filter((line) => line.key !== key);
		this.emit("notices");
	}

	/** @param {import("../base/protocol.js").DraftChange} change @param {string | undefined} me */
	receiveDrafts({ drafts, mine, all }, me) {
		if (mine) this.draft.merge(drafts, all);
		else this.ghosts.merge(drafts, { all, me });
	}

	/** A message replaces its draft. */
	#removeCommittedDrafts() {
		this.ghosts.removeCommitted((id) => this.timeline.get(id) !== undefined);
		this.draft.removeCommitted((id) => this.timeline.get(id));
	}

	/** Forget the history: the server no longer has what the client holds. */
	reset() {
		this.cursor.reset();
		this.timeline.reset();
	}
}
