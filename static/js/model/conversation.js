import { Cursor } from "./cursor.js";
import { Emitter } from "./emitter.js";
import { People } from "./people.js";
import { Timeline } from "./timeline.js";

/** @typedef {{key: string, text: string, position: number, at: number}} PrivateLine */

/**
 * One channel as this client knows it.
 * @extends {Emitter<{topic: void, lines: void}>}
 */
export class Conversation extends Emitter {
	people = new People();
	timeline = new Timeline();
	cursor = new Cursor();
	/** What stands in the composer while another conversation is looked at. */
	composed = "";
	#topic = "";
	/** @type {PrivateLine[]} */
	#lines = [];
	#lineCount = 0;

	/** @param {string} id */
	constructor(id) {
		super();
		this.id = id;
		this.name = id.slice(1);
	}

	get topic() {
		return this.#topic;
	}

	set topic(topic) {
		this.#topic = topic;
		this.emit("topic");
	}

	/** Notices of the server, for this reader's eyes only. @returns {readonly PrivateLine[]} */
	get lines() {
		return this.#lines;
	}

	/** @param {import("./protocol.js").Message} message something that arrived live */
	hear(message) {
		this.cursor.saw(message.seq);
		this.timeline.merge([message]);
	}

	/** @param {string} text @param {number} at */
	whisper(text, at) {
		this.#lineCount += 1;
		this.#lines = [...this.#lines, { key: `line-${this.#lineCount}`, text, position: this.timeline.top, at }];
		this.emit("lines");
	}

	/** @param {string} key */
	dismiss(key) {
		this.#lines = this.#lines.filter((line) => line.key !== key);
		this.emit("lines");
	}

	/** The server no longer has what we hold. */
	drop() {
		this.cursor.reset();
		this.timeline.reset();
	}
}
