import { ANONYMOUS } from "../../model/base/messages.js";

/** @typedef {import("../../model/base/protocol.js").Event} Event */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../net/socket.js").Socket} Socket */
/** @typedef {import("./conversation-sync.js").ConversationSync} ConversationSync */
/** @typedef {import("./list-sync.js").ListSync} ListSync */
/** @typedef {import("./read-tracker.js").ReadTracker} ReadTracker */

/** What the server says by itself, put where it belongs. */
export class EventDispatcher {
	#world;
	#sync;
	#lister;
	#reader;

	/** @type {Record<string, (event: any) => void>} */
	#handlers = {
		message: (event) => this.#message(event),
		draft: (event) => this.#world.known(event.conversation)?.hearDrafts(event, this.#world.session.me?.id),
		me: ({ me }) => this.#world.session.learn(me),
		person: ({ person }) => this.#world.persons.meet([person]),
		presence: ({ conversation, came, went }) => this.#world.known(conversation)?.people.move(came, went),
		conversation: (event) => this.#conversation(event),
		activity: (event) => this.#lister.hear(event),
		entry: ({ entry }) => this.#lister.put(entry),
		unlisted: ({ conversation }) => this.#world.listing.drop(conversation),
		online: ({ user, online }) => this.#world.listing.notice(user, online),
		read: (event) => this.#reader.hear(event),
		removed: (event) => this.#removed(event),
		notice: (event) => this.whisper(event),
		commands: ({ commands }) => Object.assign(this.#world, { commands }),
	};

	/**
	 * @param {World} world
	 * @param {Pick<Socket, "on">} socket
	 * @param {{sync: Pick<ConversationSync, "hear" | "dismissed">, lister: Pick<ListSync, "put" | "hear">, reader: Pick<ReadTracker, "hear">}} keepers
	 */
	constructor(world, socket, { sync, lister, reader }) {
		this.#world = world;
		this.#sync = sync;
		this.#lister = lister;
		this.#reader = reader;
		socket.on("live", ({ limits, commands }) => Object.assign(world, { limits, commands }));
		// A newer server may say more than we understand.
		socket.on("frame", (event) => this.#handlers[event.type]?.(event));
	}

	/** For this reader's eyes only. @param {import("../../model/base/protocol.js").Notice} notice */
	whisper({ conversation, text, id }) {
		this.#world.known(conversation)?.whisper(text, Date.now(), id);
	}

	/** @param {import("../../model/base/protocol.js").Message} message */
	#message(message) {
		this.#sync.hear(message);
		const { listing, session } = this.#world;
		listing.hear(message, session.me ?? ANONYMOUS);
		// Seen is stored, even if the connection broke before the acknowledgement.
		if (message.author.id === this.#world.outbox.user) this.#world.outbox.acknowledge(message.id, {});
	}

	/** @param {import("../../model/base/protocol.js").Removed} removed */
	#removed({ how, conversation, reason, until }) {
		if (how === "banned") return this.#world.session.leave("banned", { reason, until: until ?? null });
		const known = this.#world.known(conversation ?? "");
		if (!known) return;
		known.removal = { reason, until: until ?? null };
		this.#sync.dismissed(known);
	}

	/** @param {import("../../model/base/protocol.js").ConversationChanged} change */
	#conversation({ conversation, topic }) {
		const known = this.#world.known(conversation);
		if (known) known.topic = topic;
		this.#world.listing.describe(conversation, { topic });
	}
}
