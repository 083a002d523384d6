/** @typedef {import("../../model/conversation/outbox.js").Outbox} Outbox */
/** @typedef {import("../../model/base/protocol.js").Notice} Notice */
/** @typedef {import("./leader-election.js").LeaderElection} LeaderElection */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** Longer than an active leading tab needs to begin sending a message. */
export const TAKE_OVER_AFTER_MS = 5_000;

/**
 * Keeps the outboxes of this browser's tabs equal, and makes sure that one tab sends. The server's answer to a command
 * reaches only the tab that sent it; this passes it to the other tabs.
 */
export class OutboxChannel {
	#outbox;
	#election;
	#socket;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/**
	 * @param {Outbox} outbox
	 * @param {Pick<LeaderElection, "on" | "isLeader" | "takeOver">} election
	 * @param {Pick<BroadcastChannel, "postMessage" | "onmessage">} channel
	 * @param {Pick<Socket, "live" | "on">} socket
	 * @param {(notice: Notice) => void} showNotice shows a notice that another tab received
	 */
	constructor(outbox, election, channel, socket, showNotice) {
		this.#outbox = outbox;
		this.#election = election;
		this.#socket = socket;
		channel.onmessage = ({ data }) => {
			if (!("notice" in data)) outbox.applyChange(data);
			else if (data.user === outbox.user) showNotice(data.notice);
		};
		socket.on("frame", (frame) => {
			const isAnswer = frame.type === "notice" && frame.ref !== undefined;
			if (isAnswer) channel.postMessage({ notice: frame, user: outbox.user });
		});
		outbox.on("broadcast", (change) => channel.postMessage(change));
		outbox.on("change", () => this.#watch());
		election.on("change", () => election.isLeader && outbox.reload());
	}

	/** Take over if the leading tab does not send a message of this tab in time. */
	#watch() {
		const id = this.#firstOwn();
		clearTimeout(this.#timer);
		if (id && !this.#election.isLeader) this.#timer = setTimeout(() => this.#checkAgain(id), TAKE_OVER_AFTER_MS);
	}

	/** @param {string} id */
	#checkAgain(id) {
		if (this.#firstOwn() === id && this.#socket.live) this.#election.takeOver();
		else this.#watch();
	}

	/** @returns {string | undefined} the id of the oldest waiting message of this tab */
	#firstOwn() {
		const waiting = [...this.#outbox.queues().values()].flat();
		return waiting.find((entry) => this.#outbox.isOwn(entry.id))?.id;
	}
}
