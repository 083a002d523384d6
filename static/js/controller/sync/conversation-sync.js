import { Emitter } from "../../model/base/emitter.js";
import { ANONYMOUS, countsAsUnread } from "../../model/base/messages.js";
import { Refusal, removalFrom } from "../../model/base/refusal.js";
import { backoffMs } from "../net/backoff.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").Joined} Joined */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/conversations-api.js").ConversationsApi} ConversationsApi */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** The server refuses a cursor from before it restored a backup. */
const OTHER_EPOCH = "other_epoch";

/** After more missed changes than this, the client loads the newest page instead. */
export const RELOAD_GAP = 2_000;

/**
 * Joins the current conversation and keeps it equal to the state of the server.
 * Emits `unknown` when the server does not know the conversation that is open.
 * @extends {Emitter<{joined: {conversation: Conversation, mine: import("../../model/base/protocol.js").Draft |
 *   undefined, read: number | undefined}, unknown: {id: string, refusal: Refusal}}>}
 */
export class ConversationSync extends Emitter {
	#world;
	#socket;
	#api;
	#random;
	/** The conversation to which the server has subscribed this connection. @type {string | null} */
	#joinedId = null;
	#isSwitching = false;
	/** Conversations that are being synchronized. @type {Set<Conversation>} */
	#busy = new Set();

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "live" | "on" | "request">} socket
	 * @param {Pick<ConversationsApi, "history" | "newer" | "around" | "changes">} api
	 * @param {() => number} [random]
	 */
	constructor(world, socket, api, random = Math.random) {
		super();
		this.#world = world;
		this.#socket = socket;
		this.#api = api;
		this.#random = random;
		world.on("current", () => this.#switch());
		world.on("targeted", (conversation) => this.#synchronize(conversation));
		socket.on("live", () => this.#switch());
		socket.on("down", ({ welcomed }) => {
			this.#joinedId = null;
			// A failed reconnect: the ghosts are outdated. A lost connection alone keeps them, since it may be back at once.
			if (!welcomed) world.current?.ghosts.clear();
		});
	}

	/** Whether the server has subscribed this connection to a conversation. @param {Conversation} conversation */
	isJoined({ id }) {
		return this.#joinedId === id;
	}

	/** @param {Message} message */
	receive(message) {
		const conversation = this.#world.loaded(message.conversation);
		if (!conversation) return;
		conversation.receive(message);
		if (conversation.cursor.isBehind) this.#synchronize(conversation);
	}

	/** Show the page before the oldest one. @param {Conversation} conversation */
	async loadOlder({ id, timeline }) {
		if (timeline.phase !== "ready" || !timeline.hasOlder || timeline.loadingOlder) return;
		timeline.loadingOlder = true;
		const floor = timeline.floor;
		try {
			const page = await this.#api.history(id, floor);
			// If the timeline was reset or trimmed meanwhile, this page is not adjacent to it any more.
			if (timeline.floor === floor) timeline.addPage(page);
		} finally {
			timeline.loadingOlder = false;
		}
	}

	/** Show the page after the newest one. @param {Conversation} conversation */
	async loadNewer({ id, timeline }) {
		if (timeline.phase !== "ready" || !timeline.hasNewer || timeline.loadingNewer) return;
		timeline.loadingNewer = true;
		const ceiling = timeline.ceiling;
		try {
			const page = await this.#api.newer(id, ceiling);
			if (timeline.ceiling === ceiling) timeline.addNewerPage(page);
		} finally {
			timeline.loadingNewer = false;
		}
	}

	/** Jump to the first unread message. @param {Conversation} conversation */
	async jumpToUnread(conversation) {
		const me = this.#world.session.me ?? ANONYMOUS;
		const since = conversation.readState.divider ?? 0;
		const { messages } = await this.#api.changes(conversation.id, since);
		const unread = messages.filter((message) => message.first > since && countsAsUnread(message, me));
		const [oldest] = unread.sort((a, b) => a.position - b.position);
		if (oldest && conversation === this.#world.current) this.#world.open(conversation.id, oldest.id);
	}

	/** Show the end of the history again. @param {Conversation} conversation */
	async loadNewest({ id, timeline }) {
		if (timeline.hasNewer) timeline.jump(await this.#api.history(id));
	}

	/** The user was removed from a conversation: try to join it again. @param {Conversation} conversation */
	removed({ id }) {
		if (this.#joinedId !== id) return;
		this.#joinedId = null;
		this.#switch();
	}

	/** @param {Conversation | null} target @param {Refusal} refusal @param {number} failures */
	async #refused(target, refusal, failures) {
		// Nothing to wait for: the next attempt has no cursor that the server could refuse.
		if (refusal.code === OTHER_EPOCH) return this.#world.forgetHistory();
		if (target && refusal.code === "kicked") {
			const { reason = "" } = target.removal ?? {};
			target.removal = { ...removalFrom(refusal), reason };
		}
		if (target && target === this.#world.current && refusal.isUnknownConversation)
			this.emit("unknown", { id: target.id, refusal });
		// If the user opened another conversation meanwhile, that one is joined without a pause.
		if (target === this.#world.current) await this.#pause(failures, refusal.retryAfterS);
	}

	/** Leave and join one step at a time, so that a `leave` never overtakes a `join`. */
	async #switch() {
		if (this.#isSwitching) return;
		this.#isSwitching = true;
		for (let failures = 0; this.#socket.live && this.#joinedId !== (this.#world.current?.id ?? null); ) {
			const target = this.#world.current;
			await this.#step(target).catch((error) => this.#refused(target, Refusal.from(error), failures++));
		}
		this.#isSwitching = false;
	}

	/** @param {Conversation | null} target */
	async #step(target) {
		const previous = this.#joinedId;
		if (previous) {
			this.#joinedId = null;
			this.#world.loaded(previous)?.ghosts.clear();
			await this.#socket.request({ type: "leave", conversation: previous });
		} else if (target) {
			const joined = await this.#socket.request({ type: "join", conversation: target.id, ...target.cursor.claim });
			this.#joinedId = target.id;
			this.#joined(target, joined);
		}
	}

	/** @param {Conversation} conversation @param {Joined} joined */
	#joined(conversation, { topic, head, epoch, people, drafts = [], mine, read }) {
		conversation.removal = null;
		conversation.topic = topic;
		conversation.participants.replace(people);
		conversation.ghosts.merge(drafts, { all: true, me: this.#world.session.me?.id });
		const { cursor } = conversation;
		if (cursor.isStarted && (head < cursor.at || head - cursor.at > RELOAD_GAP)) conversation.reset();
		// This connection gets every change after `head`; the page that is loaded next has the state up to it.
		if (!cursor.isStarted) cursor.start(head);
		cursor.epoch = epoch;
		cursor.raiseHead(head);
		this.emit("joined", { conversation, mine, read });
		this.#synchronize(conversation);
	}

	/** Load history and missed changes until the conversation is complete. @param {Conversation} conversation */
	async #synchronize(conversation) {
		if (this.#busy.has(conversation)) return;
		this.#busy.add(conversation);
		for (let failures = 0; this.#joinedId === conversation.id && isIncomplete(conversation); ) {
			await this.#complete(conversation).catch((error) =>
				Refusal.from(error).code === OTHER_EPOCH ? this.#joinAnew(conversation) : this.#pause(failures++),
			);
		}
		this.#busy.delete(conversation);
	}

	/** The server restored a backup between two requests. @param {Conversation} conversation */
	#joinAnew(conversation) {
		this.#world.forgetHistory();
		this.removed(conversation);
	}

	/** @param {Conversation} conversation */
	#complete(conversation) {
		if (conversation.timeline.phase !== "ready") return this.#load(conversation);
		return isElsewhere(conversation) ? this.#loadTarget(conversation) : this.#catchUp(conversation);
	}

	/** @param {Conversation} conversation */
	async #load(conversation) {
		const { timeline } = conversation;
		if (timeline.phase === "unloaded") timeline.phase = "loading";
		try {
			timeline.jump(await this.#page(conversation));
			timeline.phase = "ready";
		} catch (error) {
			timeline.phase = "failed";
			throw error;
		}
	}

	/** @param {Conversation} conversation */
	async #loadTarget(conversation) {
		const { target } = conversation;
		const page = await this.#page(conversation);
		if (!target || conversation.target !== target) return;
		if (isElsewhere(conversation)) conversation.timeline.jump(page);
		// The page does not contain the message: do not load it again and again.
		if (isElsewhere(conversation)) conversation.target = null;
	}

	/**
	 * The page around the target message, or the newest page if there is no such message.
	 * @param {Conversation} conversation
	 */
	async #page(conversation) {
		const { id, target } = conversation;
		if (!target) return this.#api.history(id);
		try {
			return await this.#api.around(id, target);
		} catch (error) {
			const refusal = Refusal.from(error);
			if (refusal.passing) throw error;
			if (conversation.target === target) conversation.target = null;
			this.#world.emit("refused", refusal);
			return this.#api.history(id);
		}
	}

	/** @param {Conversation} conversation */
	async #catchUp(conversation) {
		const { cursor, timeline } = conversation;
		const { at: after, head: known, epoch } = cursor;
		const { messages, head } = await this.#api.changes(conversation.id, after, epoch);
		if (head < after) return restart(conversation, head);
		timeline.merge(messages);
		// An empty page means that there are no changes between `after` and the head before this request.
		cursor.advanceTo(messages.at(-1)?.seq ?? known);
		cursor.raiseHead(head);
	}

	/** Wait for the pause, a new connection, or another conversation. @param {number} failures @param {number} [minS] */
	#pause(failures, minS = 0) {
		/** @type {Promise<void>} */
		const paused = new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				for (const unsubscribe of unsubscribers) unsubscribe();
				resolve();
			};
			const timer = setTimeout(done, minS * 1000 + backoffMs(failures + 1, this.#random));
			const unsubscribers = [this.#socket.on("live", done), this.#world.on("current", done)];
		});
		return paused;
	}
}

/** @param {Conversation} conversation */
const isIncomplete = (conversation) =>
	conversation.timeline.phase !== "ready" || isElsewhere(conversation) || conversation.cursor.isBehind;

/** Whether the target message is not shown. @param {Conversation} conversation */
const isElsewhere = ({ target, timeline }) => target !== null && !timeline.shows(target);

/** The server lost history: start again at its head. @param {Conversation} conversation @param {number} head */
function restart(conversation, head) {
	conversation.reset();
	conversation.cursor.start(head);
}
