import { CLOSE_CODES, DEFAULT_LIMITS } from "../../model/base/protocol.js";
import { Refusal } from "../../model/base/refusal.js";
import { isCommand } from "../../model/text/links.js";
import { backoffMs } from "../net/backoff.js";

/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../../model/conversation/outbox.js").Outbox} Outbox */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./leader-election.js").LeaderElection} LeaderElection */

/**
 * Sends the outbox to the server, one message per conversation at a time: with two, the first could be refused as
 * `busy` and the second be stored before it. Only the leading tab sends.
 */
export class OutboxSender {
	#outbox;
	#socket;
	#election;
	#random;
	/** Ids of messages that were sent and wait for an answer. @type {Set<string>} */
	#underway = new Set();
	/** The timers of conversations that wait before a retry. @type {Map<string, ReturnType<typeof setTimeout>>} */
	#pauses = new Map();
	/** How often in a row the server postponed a conversation. @type {Map<string, number>} */
	#attempts = new Map();
	/** The id of the user of this connection; null without one. @type {string | null} */
	#user = null;
	#maxFrameBytes = DEFAULT_LIMITS.frame;

	/**
	 * @param {Outbox} outbox
	 * @param {Pick<Socket, "on" | "request">} socket
	 * @param {Pick<LeaderElection, "on" | "isLeader">} election
	 * @param {() => number} [random]
	 */
	constructor(outbox, socket, election, random = Math.random) {
		this.#outbox = outbox;
		this.#socket = socket;
		this.#election = election;
		this.#random = random;
		outbox.on("change", () => this.#pump());
		election.on("change", () => this.#pump());
		socket.on("live", ({ me, limits }) => {
			this.#maxFrameBytes = limits?.frame ?? this.#maxFrameBytes;
			this.#resume(me.id);
		});
		socket.on("down", ({ code }) => this.#interrupted(code));
	}

	/** Whether a message was sent, and the server has not postponed its conversation. @param {Entry} entry */
	isUnderway({ id, conversation }) {
		return this.#underway.has(id) && !this.#attempts.has(conversation);
	}

	/** @param {string} user */
	#resume(user) {
		this.#user = user;
		for (const pause of this.#pauses.values()) clearTimeout(pause);
		this.#pauses.clear();
		this.#pump();
	}

	/** @param {number} code */
	#interrupted(code) {
		this.#user = null;
		if (code !== CLOSE_CODES.TOO_LARGE) return;
		const limit = this.#maxFrameBytes;
		const reason = { code: "too_large", message: "This is larger than the server accepts.", limit };
		for (const id of [...this.#underway]) this.#outbox.refuse(id, reason);
	}

	#pump() {
		if (!this.#election.isLeader || !this.#user || this.#user !== this.#outbox.user) return;
		for (const [conversation, entries] of this.#outbox.queues()) {
			if (!this.#pauses.has(conversation)) this.#sendFirst(entries);
		}
	}

	/**
	 * Messages after a command do not wait for it, since its answer arrives only when the command has ended.
	 * @param {Entry[]} entries
	 */
	#sendFirst(entries) {
		for (const entry of entries) {
			if (!this.#underway.has(entry.id)) this.#send(entry);
			if (!isCommand(entry.text)) return;
		}
	}

	/** @param {Entry} entry */
	async #send({ id, conversation, text, reply_to: quote, file }) {
		this.#underway.add(id);
		const references = { ...(quote && { reply_to: quote.id }), ...(file && { file: file.id }) };
		try {
			const ack = await this.#socket.request({ type: "send", conversation, id, text, ...references });
			this.#underway.delete(id);
			this.#attempts.delete(conversation);
			this.#outbox.acknowledge(id, ack);
		} catch (error) {
			this.#underway.delete(id);
			this.#failed(id, conversation, Refusal.from(error));
		}
		this.#pump();
	}

	/** @param {string} id @param {string} conversation @param {Refusal} refusal */
	#failed(id, conversation, refusal) {
		if (refusal.postponed) this.#pause(conversation, refusal.retryAfterS ?? 0);
		else if (!refusal.passing) {
			this.#attempts.delete(conversation);
			this.#outbox.refuse(id, refusal);
		}
		// After a lost connection nothing is needed here: `live` starts a retry.
	}

	/** @param {string} conversation @param {number} minS */
	#pause(conversation, minS) {
		const attempt = this.#attempts.get(conversation) ?? 0;
		this.#attempts.set(conversation, attempt + 1);
		const pause = minS * 1000 + backoffMs(attempt, this.#random);
		clearTimeout(this.#pauses.get(conversation));
		this.#pauses.set(
			conversation,
			setTimeout(() => {
				this.#pauses.delete(conversation);
				this.#pump();
			}, pause),
		);
	}
}
