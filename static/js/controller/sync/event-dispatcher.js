import { ANONYMOUS } from "../../model/base/messages.js";

/** @typedef {import("../../model/base/protocol.js").Event} Event */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */
/** @typedef {import("./list-sync.js").ListSync} ListSync */
/** @typedef {import("./read-tracker.js").ReadTracker} ReadTracker */

/** Passes every event of the server to the part of the model or the controller that handles it. */
export class EventDispatcher {
	#world;
	#conversationSync;
	#listSync;
	#readTracker;

	/** @type {Record<string, (event: any) => void>} */
	#handlers = {
		message: (event) => this.#message(event),
		draft: (event) => this.#world.loaded(event.conversation)?.receiveDrafts(event, this.#world.session.me?.id),
		me: ({ me }) => this.#world.session.update(me),
		person: ({ person }) => this.#world.persons.update([person]),
		presence: ({ conversation, came, went }) => this.#world.loaded(conversation)?.participants.update(came, went),
		conversation: (event) => this.#conversation(event),
		activity: (event) => this.#listSync.receive(event),
		entry: ({ entry }) => this.#listSync.put(entry),
		unlisted: ({ conversation }) => this.#world.conversationList.remove(conversation),
		online: ({ user, online }) => this.#world.conversationList.setOnline(user, online),
		read: (event) => this.#readTracker.receive(event),
		removed: (event) => this.#removed(event),
		notice: (event) => this.showNotice(event),
		commands: ({ commands }) => Object.assign(this.#world, { commands }),
	};

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on">} socket
	 * @param {{conversationSync: Pick<ConversationSync, "receive" | "removed">, listSync: Pick<ListSync, "put" |
	 *   "receive">, readTracker: Pick<ReadTracker, "receive">}} handlers
	 */
	constructor(world, socket, { conversationSync, listSync, readTracker }) {
		this.#world = world;
		this.#conversationSync = conversationSync;
		this.#listSync = listSync;
		this.#readTracker = readTracker;
		socket.on("live", ({ limits, commands }) => {
			Object.assign(world, { limits, commands });
			world.emit("limits");
		});
		// Frames of unknown types are ignored: a newer server may send them.
		socket.on("frame", (event) => this.#handlers[event.type]?.(event));
	}

	/** Show a notice: only this user sees it. @param {import("../../model/base/protocol.js").Notice} notice */
	showNotice({ conversation, text, id }) {
		this.#world.loaded(conversation)?.addNotice(text, Date.now(), id);
	}

	/** @param {import("../../model/base/protocol.js").Message} message */
	#message(message) {
		this.#conversationSync.receive(message);
		const { conversationList, session } = this.#world;
		conversationList.receive(message, session.me ?? ANONYMOUS);
		// A message that arrives is stored, even if its acknowledgement was lost with a connection.
		if (message.author.id === this.#world.outbox.user) this.#world.outbox.acknowledge(message.id, {});
	}

	/** @param {import("../../model/base/protocol.js").Removed} removed */
	#removed({ how, conversation, reason, until }) {
		if (how === "banned") return this.#world.session.end("banned", { reason, until: until ?? null });
		const known = this.#world.loaded(conversation ?? "");
		if (!known) return;
		known.removal = { reason, until: until ?? null };
		this.#conversationSync.removed(known);
	}

	/** @param {import("../../model/base/protocol.js").ConversationChanged} change */
	#conversation({ conversation, topic }) {
		const known = this.#world.loaded(conversation);
		if (known) known.topic = topic;
		this.#world.conversationList.describe(conversation, { topic });
	}
}
