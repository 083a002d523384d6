/** What the tests share: people, messages, and stand-ins for everything outside the client. */

import { mock } from "node:test";
import { Emitter } from "../../static/js/model/base/emitter.js";
import { Refusal } from "../../static/js/model/base/refusal.js";

/** @typedef {import("../../static/js/model/base/protocol.js").Message} Message */
/** @typedef {import("../../static/js/model/conversation/outbox.js").Entry} Entry */

/** @type {import("../../static/js/model/base/protocol.js").TypingChoices & {has_password: boolean}} */
const asked = { has_password: false, share_typing: "letters", see_typing: "letters" };

export const ada = { id: "user-ada", name: "Ada", created: 1, ...asked };
export const bob = { id: "user-bob", name: "Bob", created: 2, ...asked };
export const eve = { id: "user-eve", name: "Eve", created: 3, ...asked };

/** @param {Partial<Message> & {seq: number}} given @returns {Message} */
export function message(given) {
	const { seq } = given;
	const written = { id: `m${seq}`, position: seq, first: seq, started: seq * 1000, sent: seq * 1000 };
	const { id, name } = bob;
	return {
		type: "message",
		conversation: "#ting",
		author: { id, name },
		kind: "text",
		text: `text ${seq}`,
		...written,
		...given,
	};
}

/** Numbers that look random and are the same in every run. @param {number} seed */
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

/** Time stands still until `mock.timers.tick`. The same in every file: under `index.js` they share one process. */
export function fakeTimers() {
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout", "Date"] });
}

/** Let everything that waits for promises go on; timers stay where they are. */
export async function settled() {
	for (let turn = 0; turn < 5; turn += 1) await new Promise((go) => setImmediate(go));
}

/** The outbox's store, as the disk of one browser: tabs share it. */
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
 * The socket as ConversationSync and OutboxSender use it. Requests wait in `asked` until the test answers them.
 * @extends {Emitter<any>}
 */
export class FakeSocket extends Emitter {
	live = false;
	/** @type {{command: any, resolve: (answer: any) => void, reject: (error: Refusal) => void}[]} */
	asked = [];
	/** What was told without asking. @type {any[]} */
	sent = [];

	/** @param {any} command */
	send(command) {
		if (this.live) this.sent.push(command);
	}

	/** @param {any} command @returns {Promise<any>} */
	request(command) {
		if (!this.live) return Promise.reject(Refusal.offline());
		return new Promise((resolve, reject) => this.asked.push({ command, resolve, reject }));
	}

	/** What was asked and not answered, by type. @param {string} type */
	open(type) {
		return this.asked.filter(({ command }) => command.type === type);
	}

	/** @param {string} type @param {any} answer to the oldest question of this type */
	async answer(type, answer) {
		this.#take(type).resolve(answer);
		await settled();
	}

	/** @param {string} type @param {{code: string, retry_after?: number}} reason */
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
	async cut(code = 1006) {
		this.live = false;
		const lost = this.asked;
		this.asked = [];
		this.emit("down", { code, welcomed: true });
		for (const { reject } of lost) reject(Refusal.offline());
		await settled();
	}

	/** @param {string} type */
	#take(type) {
		const found = this.open(type)[0];
		if (!found) throw new Error(`nobody asked for ${type}`);
		this.asked.splice(this.asked.indexOf(found), 1);
		return found;
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
