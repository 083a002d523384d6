/** Shared by the tests: users, messages, and fakes for everything outside the client. */

import { mock } from "node:test";
import { Emitter } from "../../static/js/model/base/emitter.js";
import { Refusal } from "../../static/js/model/base/refusal.js";

/** @typedef {import("../../static/js/model/base/protocol.js").Message} Message */
/** @typedef {import("../../static/js/model/conversation/outbox.js").Entry} Entry */

/** @type {import("../../static/js/model/base/protocol.js").TypingChoices & {has_password: boolean}} */
const account = { has_password: false, share_typing: "letters", see_typing: "letters" };

export const ada = { id: "user-ada", name: "Ada", created: 1, ...account };
export const bob = { id: "user-bob", name: "Bob", created: 2, ...account };
export const eve = { id: "user-eve", name: "Eve", created: 3, ...account };

/** A message of Bob. @param {Partial<Message> & {seq: number}} fields @returns {Message} */
export function message(fields) {
	const { seq } = fields;
	const defaults = { id: `m${seq}`, position: seq, first: seq, started: seq * 1000, sent: seq * 1000 };
	const { id, name } = bob;
	return {
		type: "message",
		conversation: "#ting",
		author: { id, name },
		kind: "text",
		text: `text ${seq}`,
		...defaults,
		...fields,
	};
}

/** A pseudorandom generator: the same numbers in every run. @param {number} seed */
export function randomFrom(seed) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** @template T @param {readonly T[]} items @param {() => number} random @returns {T[]} */
export function shuffled(items, random) {
	return items
		.map((item) => ({ item, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ item }) => item);
}

/**
 * Stop the clock: only `mock.timers.tick` moves it. All files mock the same APIs, since they share one process under
 * `index.js`.
 */
export function fakeTimers() {
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout", "Date"] });
}

/** Let pending promises settle. Timers do not run. */
export async function settled() {
	for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The store of an outbox in memory. The tabs of one browser share it. */
export class MemoryStore {
	/** @type {Map<string, Entry>} */
	entries = new Map();

	/** @param {string} user */
	async load(user) {
		return [...this.entries.values()].filter((entry) => entry.user === user);
	}

	/** @param {Entry} entry */
	put(entry) {
		this.entries.set(entry.id, entry);
	}

	/** @param {string} id */
	drop(id) {
		this.entries.delete(id);
	}
}

/**
 * The socket as the controllers use it. Requests are pending in `requests` until the test answers them.
 * @extends {Emitter<any>}
 */
export class FakeSocket extends Emitter {
	live = false;
	/** @type {{command: any, resolve: (answer: any) => void, reject: (error: Refusal) => void}[]} */
	requests = [];
	/** Frames without an answer. @type {any[]} */
	sent = [];

	/** @param {any} command */
	send(command) {
		if (this.live) this.sent.push(command);
	}

	/** @param {any} command @returns {Promise<any>} */
	request(command) {
		if (!this.live) return Promise.reject(Refusal.offline());
		return new Promise((resolve, reject) => this.requests.push({ command, resolve, reject }));
	}

	/** Pending requests of a type. @param {string} type */
	open(type) {
		return this.requests.filter(({ command }) => command.type === type);
	}

	/** @param {string} type @param {any} answer to the oldest pending request of this type */
	async answer(type, answer) {
		this.#take(type).resolve(answer);
		await settled();
	}

	/** @param {string} type @param {{code: string, retry_after?: number, conversation?: string}} reason */
	async refuse(type, reason) {
		this.#take(type).reject(new Refusal({ message: reason.code, ...reason }));
		await settled();
	}

	async connect(me = ada) {
		this.live = true;
		this.emit("live", { type: "welcome", me, version: "1", limits: {}, commands: [] });
		await settled();
	}

	/** @param {number} [code] */
	async disconnect(code = 1006) {
		this.live = false;
		const pending = this.requests;
		this.requests = [];
		this.emit("down", { code, welcomed: true });
		for (const { reject } of pending) reject(Refusal.offline());
		await settled();
	}

	/** @param {string} type */
	#take(type) {
		const request = this.open(type)[0];
		if (!request) throw new Error(`no pending request of type ${type}`);
		this.requests.splice(this.requests.indexOf(request), 1);
		return request;
	}
}

/** @extends {Emitter<{change: void}>} */
export class FakeElection extends Emitter {
	isLeader = true;
	takenOver = 0;

	takeOver() {
		this.takenOver += 1;
	}

	/** @param {boolean} isLeader */
	set(isLeader) {
		this.isLeader = isLeader;
		this.emit("change");
	}
}
