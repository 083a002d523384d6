import { Emitter } from "../../model/base/emitter.js";
import { ANONYMOUS, countsAsUnread } from "../../model/base/messages.js";
import { Refusal, removalFrom } from "../../model/base/refusal.js";
import { growingPause } from "../net/backoff.js";

/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").Joined} Joined */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/conversations-api.js").ConversationsApi} Rest */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** Someone who missed more than this gets the newest page instead of everything in between. */
export const RELOAD_GAP = 2_000;

/**
 * Joins what is looked at and keeps it equal to what the server has.
 * @extends {Emitter<{joined: {conversation: Conversation, mine: import("../../model/base/protocol.js").Draft | undefined,
 *   read: number | undefined}}>}
 */
export class ConversationSync extends Emitter {
	#world;
	#socket;
	#rest;
	#random;
	/** The conversation the server counts us in. @type {string | null} */
	#here = null;
	#moving = false;
	/** Conversations that are being loaded or caught up. @type {Set<Conversation>} */
	#busy = new Set();

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "live" | "on" | "request">} socket
	 * @param {Pick<Rest, "history" | "newer" | "around" | "changes">} rest
	 * @param {() => number} [random]
	 */
	constructor(world, socket, rest, random = Math.random) {
		super();
		this.#world = world;
		this.#socket = socket;
		this.#rest = rest;
		this.#random = random;
		world.on("current", () => this.#move());
		world.on("aimed", (conversation) => this.#keepUp(conversation));
		socket.on("live", () => this.#move());
		socket.on("down", ({ welcomed }) => {
			this.#here = null;
			// Who is typing is old news now. A connection that comes back at once has not missed much.
			if (!welcomed) world.current?.ghosts.clear();
		});
	}

	/** Whether the server counts us in. @param {Conversation} conversation */
	isHere({ id }) {
		return this.#here === id;
	}

	/** @param {Message} message */
	hear(message) {
		const conversation = this.#world.known(message.conversation);
		if (!conversation) return;
		conversation.hear(message);
		if (conversation.cursor.behind) this.#keepUp(conversation);
	}

	/** Show the page before the oldest one. @param {Conversation} conversation */
	async loadOlder({ id, timeline }) {
		if (timeline.phase !== "ready" || !timeline.more || timeline.loadingOlder) return;
		timeline.loadingOlder = true;
		const floor = timeline.floor;
		try {
			const page = await this.#rest.history(id, floor);
			// What was dropped or trimmed meanwhile is no longer what this page joins on to.
			if (timeline.floor === floor) timeline.addPage(page);
		} finally {
			timeline.loadingOlder = false;
		}
	}

	/** Show the page after the newest one. @param {Conversation} conversation */
	async loadNewer({ id, timeline }) {
		if (timeline.phase !== "ready" || !timeline.newer || timeline.loadingNewer) return;
		timeline.loadingNewer = true;
		const ceiling = timeline.ceiling;
		try {
			const page = await this.#rest.newer(id, ceiling);
			if (timeline.ceiling === ceiling) timeline.addNewerPage(page);
		} finally {
			timeline.loadingNewer = false;
		}
	}

	/** Show where the reader left off. @param {Conversation} conversation */
	async seekNew(conversation) {
		const me = this.#world.session.me ?? ANONYMOUS;
		const since = conversation.reading.divider ?? 0;
		const { messages } = await this.#rest.changes(conversation.id, since);
		const news = messages.filter((message) => message.first > since && countsAsUnread(message, me));
		const [oldest] = news.sort((a, b) => a.position - b.position);
		if (oldest && conversation === this.#world.current) this.#world.open(conversation.id, oldest.id);
	}

	/** Show the end of the history again. @param {Conversation} conversation */
	async loadNewest({ id, timeline }) {
		if (timeline.newer) timeline.jump(await this.#rest.history(id));
	}

	/** The server no longer counts us in; it may do so again. @param {Conversation} conversation */
	dismissed({ id }) {
		if (this.#here !== id) return;
		this.#here = null;
		this.#move();
	}

	/** @param {Conversation | null} target @param {Refusal} refusal @param {number} failures */
	async #refused(target, refusal, failures) {
		if (target && refusal.code === "kicked") {
			const { reason = "" } = target.removal ?? {};
			target.removal = { ...removalFrom(refusal), reason };
		}
		// Whoever has gone elsewhere meanwhile waits for nothing.
		if (target === this.#world.current) await this.#pause(failures, refusal.retryAfterS);
	}

	/** One step at a time, so that a leave never overtakes a join. */
	async #move() {
		if (this.#moving) return;
		this.#moving = true;
		for (let failures = 0; this.#socket.live && this.#here !== (this.#world.current?.id ?? null); ) {
			const target = this.#world.current;
			await this.#step(target).catch((error) => this.#refused(target, Refusal.from(error), failures++));
		}
		this.#moving = false;
	}

	/** @param {Conversation | null} target */
	async #step(target) {
		const left = this.#here;
		if (left) {
			this.#here = null;
			this.#world.known(left)?.ghosts.clear();
			await this.#socket.request({ type: "leave", conversation: left });
		} else if (target) {
			const joined = await this.#socket.request({ type: "join", conversation: target.id });
			this.#here = target.id;
			this.#arrive(target, joined);
		}
	}

	/** @param {Conversation} conversation @param {Joined} joined */
	#arrive(conversation, { topic, head, people, drafts = [], mine, read }) {
		conversation.removal = null;
		conversation.topic = topic;
		conversation.people.replace(people);
		conversation.ghosts.merge(drafts, { all: true, me: this.#world.session.me?.id });
		const { cursor } = conversation;
		if (cursor.started && (head < cursor.at || head - cursor.at > RELOAD_GAP)) conversation.drop();
		// Every change after `head` reaches this connection; the page loaded next holds what came before.
		if (!cursor.started) cursor.start(head);
		cursor.hearOf(head);
		this.emit("joined", { conversation, mine, read });
		this.#keepUp(conversation);
	}

	/** Load what is not loaded and fetch what was missed, until nothing is. @param {Conversation} conversation */
	async #keepUp(conversation) {
		if (this.#busy.has(conversation)) return;
		this.#busy.add(conversation);
		for (let failures = 0; this.#here === conversation.id && isIncomplete(conversation); ) {
			await this.#complete(conversation).catch(() => this.#pause(failures++));
		}
		this.#busy.delete(conversation);
	}

	/** @param {Conversation} conversation */
	#complete(conversation) {
		if (conversation.timeline.phase !== "ready") return this.#load(conversation);
		return isElsewhere(conversation) ? this.#seek(conversation) : this.#catchUp(conversation);
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
	async #seek(conversation) {
		const { aim } = conversation;
		const page = await this.#page(conversation);
		if (!aim || conversation.aim !== aim) return;
		if (isElsewhere(conversation)) conversation.timeline.jump(page);
		// A page without it would be asked for again and again.
		if (isElsewhere(conversation)) conversation.aim = null;
	}

	/** What somebody wants to see, or the end of the history if there is no such message. @param {Conversation} conversation */
	async #page(conversation) {
		const { id, aim } = conversation;
		if (!aim) return this.#rest.history(id);
		try {
			return await this.#rest.around(id, aim);
		} catch (error) {
			const refusal = Refusal.from(error);
			if (refusal.passing) throw error;
			if (conversation.aim === aim) conversation.aim = null;
			this.#world.emit("refused", refusal);
			return this.#rest.history(id);
		}
	}

	/** @param {Conversation} conversation */
	async #catchUp(conversation) {
		const { cursor, timeline } = conversation;
		const { at: after, head: known } = cursor;
		const { messages, head } = await this.#rest.changes(conversation.id, after);
		if (head < after) return restart(conversation, head);
		timeline.merge(messages);
		// An empty page says that nothing lies between `after` and what was known before asking.
		cursor.reach(messages.at(-1)?.seq ?? known);
		cursor.hearOf(head);
	}

	/** Until the pause is over, a new connection is there, or something else is wanted. @param {number} failures @param {number} [leastS] */
	#pause(failures, leastS = 0) {
		/** @type {Promise<void>} */
		const over = new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				for (const stop of stops) stop();
				resolve();
			};
			const timer = setTimeout(done, leastS * 1000 + growingPause(failures + 1, this.#random));
			const stops = [this.#socket.on("live", done), this.#world.on("current", done)];
		});
		return over;
	}
}

/** @param {Conversation} conversation */
const isIncomplete = (conversation) =>
	conversation.timeline.phase !== "ready" || isElsewhere(conversation) || conversation.cursor.behind;

/** Not where somebody wants to look. @param {Conversation} conversation */
const isElsewhere = ({ aim, timeline }) => aim !== null && !timeline.shows(aim);

/** The server lost history: begin anew from what it has now. @param {Conversation} conversation @param {number} head */
function restart(conversation, head) {
	conversation.drop();
	conversation.cursor.start(head);
}
