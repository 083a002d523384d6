/** @typedef {import("../model/outbox.js").Outbox} Outbox */
/** @typedef {import("./leadership.js").Leadership} Leadership */

/** Longer than any leading tab that is awake needs to begin with a message. */
export const PATIENCE_MS = 5_000;

/** Keeps the outboxes of this browser's tabs alike, and sees to it that one of them sends. */
export class Tabs {
	#outbox;
	#leadership;
	#isLive;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/**
	 * @param {Outbox} outbox
	 * @param {Pick<Leadership, "on" | "leads" | "takeOver">} leadership
	 * @param {Pick<BroadcastChannel, "postMessage" | "onmessage">} channel
	 * @param {() => boolean} isLive whether this tab could send
	 */
	constructor(outbox, leadership, channel, isLive) {
		this.#outbox = outbox;
		this.#leadership = leadership;
		this.#isLive = isLive;
		channel.onmessage = ({ data }) => outbox.learn(data);
		outbox.on("told", (change) => channel.postMessage(change));
		outbox.on("change", () => this.#watch());
		leadership.on("change", () => leadership.leads && outbox.reload());
	}

	/** Wait for the leading tab, but not forever. */
	#watch() {
		const id = this.#firstOwn();
		clearTimeout(this.#timer);
		if (id && !this.#leadership.leads) this.#timer = setTimeout(() => this.#lookAgain(id), PATIENCE_MS);
	}

	/** @param {string} id */
	#lookAgain(id) {
		if (this.#firstOwn() === id && this.#isLive()) this.#leadership.takeOver();
		else this.#watch();
	}

	/** @returns {string | undefined} the oldest message of this tab that waits */
	#firstOwn() {
		const waiting = [...this.#outbox.queues().values()].flat();
		return waiting.find((entry) => this.#outbox.isOwn(entry.id))?.id;
	}
}
