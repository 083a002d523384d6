import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { message } from "../../support.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Message} Message */

/** A server with one conversation: holds the latest version of every message and records the requests. */
export class FakeServer {
	/** @type {Map<string, Message>} */
	messages = new Map();
	head = 0;
	pageSize = 5;
	/** @type {string[]} */
	requests = [];
	failing = false;

	/** @param {Partial<Message>} [fields] */
	store(fields = {}) {
		this.head += 1;
		const stored = message({ seq: this.head, ...fields });
		this.messages.set(stored.id, stored);
		return stored;
	}

	/** @param {Message} old */
	edit(old) {
		return this.store({ ...old, seq: this.head + 1, text: `${old.text}, edited`, edited: this.head });
	}

	/** The messages, sorted by a field. @param {keyof Message} key */
	by(key) {
		return [...this.messages.values()].sort((a, b) => Number(a[key]) - Number(b[key]));
	}

	/** @param {string} _id @param {number} [before] */
	async history(_id, before = Number.POSITIVE_INFINITY) {
		this.requests.push("history");
		if (this.failing) throw new Error("no");
		const all = this.by("position").filter(({ position }) => position < before);
		return { messages: all.slice(-this.pageSize), more: all.length > this.pageSize };
	}

	/** @param {string} _id @param {number} after */
	async newer(_id, after) {
		this.requests.push(`newer ${after}`);
		const all = this.by("position").filter(({ position }) => position > after);
		return { messages: all.slice(0, this.pageSize), more: true, newer: all.length > this.pageSize };
	}

	/** @param {string} _id @param {string} id */
	async around(_id, id) {
		this.requests.push(`around ${id}`);
		const all = this.by("position");
		const at = all.findIndex((stored) => stored.id === id);
		if (at < 0) throw new Refusal({ code: "no_such_message", message: "" });
		const from = Math.max(0, at - 2);
		return { messages: all.slice(from, at + 3), more: from > 0, newer: at + 3 < all.length };
	}

	/** @param {string} _id @param {number} after */
	async changes(_id, after) {
		this.requests.push(`changes ${after}`);
		if (this.failing) throw new Error("no");
		const all = this.by("seq").filter(({ seq }) => seq > after);
		return { messages: all.slice(0, this.pageSize), head: this.head };
	}
}
