import { alertFor } from "../../model/session/notifications.js";

/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../sync/leader-election.js").LeaderElection} LeaderElection */
/** @typedef {{entry: Listed, message: Message}} NewMessage */

/** Time for other tabs and devices to mark the message as read. */
export const DELAY_MS = 700;

/** Emits an alert for a message that was not read at once. Only the leading tab of the browser emits alerts. */
export class Notifier {
	#world;
	#election;

	/** @param {World} world @param {Pick<LeaderElection, "isLeader">} election */
	constructor(world, election) {
		this.#world = world;
		this.#election = election;
		world.conversationList.on("message", (event) => this.#schedule(event));
		world.conversationList.on("read", (conversation) => this.#read(conversation));
	}

	/** @param {NewMessage} event */
	#schedule(event) {
		if (this.#election.isLeader) setTimeout(() => this.#notify(event), DELAY_MS);
	}

	/** @param {NewMessage} event */
	#notify({ entry: { conversation }, message }) {
		const { conversationList, session, notifications } = this.#world;
		const entry = conversationList.get(conversation);
		if (!session.me || !entry || entry.read >= message.first || this.#world.isVisible(conversation)) return;
		const alert = alertFor({ entry, message }, session.me, new Date());
		if (alert) notifications.emit("alert", alert);
	}

	/** @param {string} conversation */
	#read(conversation) {
		const entry = this.#world.conversationList.get(conversation);
		if (!entry || entry.read >= entry.head || entry.unread === 0) this.#world.notifications.emit("read", conversation);
	}
}
