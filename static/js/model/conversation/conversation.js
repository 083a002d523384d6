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
 * One channel or private as this client knows it.
 * @extends {Emitter<{topic: void, lines: void, removal: void, aim: void, with: void, answering: void}>}
 */
export class Conversation extends Emitter {
	cursor = new SyncCursor();
	draft = new OwnDraft();
	reading = new ReadState();
	#topic = "";
	/** @type {Removal | null} */
	#removal = null;
	/** @type {import("../base/protocol.js").Person | undefined} */
	#with;
	/** @type {string | null} */
	#aim = null;
	/** @type {import("../base/protocol.js").Quote | null} */
	#answering = null;
	/** @type {LocalNotice[]} */
	#lines = [];
	#lineCount = 0;

	/** @param {string} id @param {PersonDirectory} [persons] who hear of everybody here */
	constructor(id, persons = new PersonDirectory()) {
		super();
		this.people = new Participants(persons);
		this.timeline = new Timeline(persons);
		this.ghosts = new Ghosts(persons);
		this.id = id;
		this.name = id.slice(1);
		this.timeline.on("change", () => this.#settle());
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

	get isPrivate() {
		return isDirect(this.id);
	}

	/** What it is called: `#music`, or the other person's name. */
	get title() {
		return this.isPrivate ? (this.#with?.name ?? "") : this.id;
	}

	/** The id of the message that somebody wants to see. Whoever shows it takes it away. */
	get aim() {
		return this.#aim;
	}

	set aim(id) {
		this.#aim = id;
		this.emit("aim");
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
	get answering() {
		return this.#answering;
	}

	set answering(quote) {
		this.#answering = quote;
		this.emit("answering");
	}

	/** Notices of the server, for this reader's eyes only. @returns {readonly LocalNotice[]} */
	get lines() {
		return this.#lines;
	}

	/** @param {import("../base/protocol.js").Message} message something that arrived live */
	hear(message) {
		this.cursor.saw(message.seq);
		this.timeline.merge([message]);
	}

	/**
	 * @param {string} text @param {number} at
	 * @param {string} [id] of a notice: what has it already is replaced, or taken away where there is no text
	 */
	whisper(text, at, id) {
		this.#lineCount += 1;
		const key = id ? `notice-${id}` : `line-${this.#lineCount}`;
		const known = this.#lines.find((line) => line.key === key);
		if (known) this.#lines = this.#lines.map((line) => (line === known ? { ...line, text } : line));
		else this.#lines = [...this.#lines, { key, text, position: this.timeline.top, at }];
		this.#lines = this.#lines.filter((line) => line.text);
		this.emit("lines");
	}

	/** @param {string} key */
	dismiss(key) {
		this.#lines = this.#lines.filter((line) => line.key !== key);
		this.emit("lines");
	}

	/** @param {import("../base/protocol.js").DraftChange} change @param {string | undefined} me */
	hearDrafts({ drafts, mine, all }, me) {
		if (mine) this.draft.hear(drafts, all);
		else this.ghosts.merge(drafts, { all, me });
	}

	/** Messages stand where their drafts stood. */
	#settle() {
		this.ghosts.settle((id) => this.timeline.get(id) !== undefined);
		this.draft.settle((id) => this.timeline.get(id));
	}

	/** The server no longer has what we hold. */
	drop() {
		this.cursor.reset();
		this.timeline.reset();
	}
}
