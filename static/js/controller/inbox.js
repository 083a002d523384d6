/** @typedef {import("../model/protocol.js").Event} Event */
/** @typedef {import("../model/world.js").World} World */
/** @typedef {import("./socket.js").Socket} Socket */
/** @typedef {import("./sync.js").Sync} Sync */

/** What the server says by itself, put where it belongs. */
export class Inbox {
	#world;
	#sync;

	/** @type {Record<string, (event: any) => void>} */
	#handlers = {
		message: (event) => this.#message(event),
		draft: (event) => this.#world.known(event.conversation)?.hearDrafts(event, this.#world.session.me?.id),
		me: ({ me }) => this.#world.session.learn(me),
		person: ({ person }) => this.#world.persons.meet([person]),
		presence: ({ conversation, came, went }) => this.#world.known(conversation)?.people.move(came, went),
		conversation: (event) => this.#conversation(event),
		notice: ({ conversation, text }) => this.#world.known(conversation)?.whisper(text, Date.now()),
	};

	/** @param {World} world @param {Pick<Socket, "on">} socket @param {Pick<Sync, "hear">} sync */
	constructor(world, socket, sync) {
		this.#world = world;
		this.#sync = sync;
		socket.on("live", ({ limits, commands }) => Object.assign(world, { limits, commands }));
		// A newer server may say more than we understand.
		socket.on("frame", (event) => this.#handlers[event.type]?.(event));
	}

	/** @param {import("../model/protocol.js").Message} message */
	#message(message) {
		this.#sync.hear(message);
		// Seen is stored, even if the connection broke before the acknowledgement.
		if (message.author.id === this.#world.outbox.user) this.#world.outbox.acknowledge(message.id, {});
	}

	/** @param {import("../model/protocol.js").ConversationChanged} change */
	#conversation({ conversation, topic }) {
		const known = this.#world.known(conversation);
		if (known) known.topic = topic;
	}
}
