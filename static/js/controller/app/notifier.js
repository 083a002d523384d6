import { alertFor } from "../../model/session/notifications.js";

/** @typedef {import("../../model/lists/conversation-list.js").Listed} Listed */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../sync/leader-election.js").LeaderElection} LeaderElection */
/** @typedef {{entry: Listed, message: Message}} News */

/** Whoever looks at a conversation, in whatever tab and on whatever device, has read it by then. */
export const DELAY_MS = 700;

/** Tells of what is of interest and was not read at once; of this browser's tabs, one does. */
export class Notifier {
	#world;
	#leadership;

	/** @param {World} world @param {Pick<LeaderElection, "leads">} leadership */
	constructor(world, leadership) {
		this.#world = world;
		this.#leadership = leadership;
		world.listing.on("news", (news) => this.#hear(news));
		world.listing.on("read", (conversation) => this.#read(conversation));
	}

	/** @param {News} news */
	#hear(news) {
		if (this.#leadership.leads) setTimeout(() => this.#tell(news), DELAY_MS);
	}

	/** @param {News} news */
	#tell({ entry: { conversation }, message }) {
		const { listing, session, alerts } = this.#world;
		const entry = listing.get(conversation);
		if (!session.me || !entry || entry.read >= message.first || this.#world.isLookedAt(conversation)) return;
		const alert = alertFor({ entry, message }, session.me, new Date());
		if (alert) alerts.emit("alert", alert);
	}

	/** @param {string} conversation */
	#read(conversation) {
		const entry = this.#world.listing.get(conversation);
		if (!entry || entry.read >= entry.head || entry.unread === 0) this.#world.alerts.emit("over", conversation);
	}
}
