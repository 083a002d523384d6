import { OFFLINE, Refusal } from "../../model/base/refusal.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** A stay of this length counts as a visit. */
export const STAY_MS = 4_000;

/** Moves a conversation to the top of the list when the user stays in it or begins to write. */
export class VisitTracker {
	#world;
	#socket;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#unsubscribe = () => {};
	#visited = false;
	/** A visit that could not be reported without a connection. @type {Conversation | null} */
	#pending = null;

	/** @param {World} world @param {Pick<Socket, "on" | "request">} socket */
	constructor(world, socket) {
		this.#world = world;
		this.#socket = socket;
		world.on("current", (conversation) => this.#open(conversation));
		world.on("place", () => this.#restartTimer());
		world.pageFocus.on("change", () => this.#restartTimer());
		socket.on("live", () => (this.#pending ? this.#visit(this.#pending) : this.#restartTimer()));
	}

	/** @param {Conversation} conversation */
	#open(conversation) {
		this.#unsubscribe();
		this.#visited = false;
		this.#pending = null;
		const { draft } = conversation;
		let hadText = draft.text !== "";
		this.#unsubscribe = draft.on("change", () => {
			const hasText = draft.text !== "";
			if (hasText && !hadText) this.#visit(conversation);
			hadText = hasText;
		});
		this.#restartTimer();
	}

	/** The time counts only while the user looks at the conversation. */
	#restartTimer() {
		const { current, pageFocus, showsConversation } = this.#world;
		clearTimeout(this.#timer);
		if (!current || !pageFocus.isFocused || !showsConversation || this.#visited) return;
		this.#timer = setTimeout(() => this.#visit(current), STAY_MS);
	}

	/** @param {Conversation} conversation */
	async #visit(conversation) {
		clearTimeout(this.#timer);
		this.#visited = true;
		this.#pending = null;
		await this.#socket.request({ type: "visit", conversation: conversation.id }).catch((reason) => {
			if (conversation !== this.#world.current) return;
			this.#visited = false;
			if (Refusal.from(reason).code === OFFLINE) this.#pending = conversation;
		});
	}
}
