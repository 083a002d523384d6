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
 * A channel or a direct conversation as this client knows it.
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

	/** @param {string} id @param {PersonDirectory} [persons] who hear of everybody here */
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

	/** The other person of a private, as soon as it is known who that is. */
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

	/** What it is called: `#music`, or the other person's name. */
	get title() {
		return this.isDirect ? (this.#with?.name ?? "") : this.id;
	}

	/** The id of the message that somebody wants to see. Whoever shows it takes it away. */
	get target() {
		return this.#target;
	}

	set target(id) {
		this.#target = id;
		this.emit("target");
	}

	/** Sent out of here; null for who may be here. @returns {Removal | null} */
	get removal() {
		return this.#removal;
	}

	set removal(removal) {
		if (removal === this.#removal) return;
		this.#removal = removal;
		this.emit("removal");
	}

	/** The message that what I write here answers. */
	get replyTo() {
		return this.#replyTo;
	}

	set replyTo(quote) {
		this.#replyTo = quote;
		this.emit("replyTo");
	}

	/** Notices of the server, for this reader's eyes only. @returns {readonly LocalNotice[]} */
	get notices() {
		return this.#notices;
	}

	/** @param {import("../base/protocol.js").Message} message something that arrived live */
	receive(message) {
		this.cursor.receive(message.seq);
		this.timeline.merge([message]);
	}

	/**
	 * @param {string} text @param {number} at
	 * @param {string} [id] of a notice: what has it already is replaced, or taken away where there is no text
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

	/** Messages stand where their drafts stood. */
	#removeCommittedDrafts() {
		this.ghosts.removeCommitted((id) => this.timeline.get(id) !== undefined);
		this.draft.removeCommitted((id) => this.timeline.get(id));
	}

	/** The server no longer has what we hold. */
	reset() {
		this.cursor.reset();
		this.timeline.reset();
	}
}
