import { OFFLINE, Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** Whoever stays so long has not only passed by. */
export const STAY_MS = 4_000;

/** Brings a conversation to the top of the list: when one stays in it, and when one begins to write. */
export class VisitTracker {
	#world;
	#socket;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#stop = () => {};
	#visited = false;
	/** What could not be told: there was no connection. @type {Conversation | null} */
	#owed = null;

	/** @param {World} world @param {Pick<Socket, "on" | "request">} socket */
	constructor(world, socket) {
		this.#world = world;
		this.#socket = socket;
		world.on("current", (conversation) => this.#enter(conversation));
		world.on("place", () => this.#consider());
		world.attention.on("change", () => this.#consider());
		socket.on("live", () => (this.#owed ? this.#visit(this.#owed) : this.#consider()));
	}

	/** @param {Conversation} conversation */
	#enter(conversation) {
		this.#stop();
		this.#visited = false;
		this.#owed = null;
		const { draft } = conversation;
		let wrote = draft.text !== "";
		this.#stop = draft.on("change", () => {
			const writes = draft.text !== "";
			if (writes && !wrote) this.#visit(conversation);
			wrote = writes;
		});
		this.#consider();
	}

	/** Time passes only for whoever looks. */
	#consider() {
		const { current, attention, looksAtConversation } = this.#world;
		clearTimeout(this.#timer);
		if (!current || !attention.given || !looksAtConversation || this.#visited) return;
		this.#timer = setTimeout(() => this.#visit(current), STAY_MS);
	}

	/** @param {Conversation} conversation */
	async #visit(conversation) {
		clearTimeout(this.#timer);
		this.#visited = true;
		this.#owed = null;
		await this.#socket.request({ type: "visit", conversation: conversation.id }).catch((reason) => {
			if (conversation !== this.#world.current) return;
			this.#visited = false;
			if (Refusal.from(reason).code === OFFLINE) this.#owed = conversation;
		});
	}
}
