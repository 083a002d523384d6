import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { defaultNotify } from "../../model/lists/conversation-list.js";
import { NOTIFY } from "../sidebar/list-entry.js";
import { copyWithFeedback } from "../ui/clipboard.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../ui/menu.js").MenuEntry} MenuEntry */
/** @typedef {import("../ui/menu.js").MenuItem} MenuItem */
/** @typedef {import("../../model/base/protocol.js").Notify} Notify */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} ConversationCallbacks
 * @property {() => void} people shows the people of the channel
 * @property {() => void} search
 * @property {() => void} topic lets the user change the topic
 * @property {(reason: unknown) => void} reportError
 */

/** What a user can do with the open conversation. */
export class ConversationMenu {
	#world;
	#i18n;
	#actions;
	#callbacks;
	/** What a muted conversation had before, to return to. @type {Map<string, Notify>} */
	#beforeMute = new Map();

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "lists" | "navigation">} actions
	 * @param {ConversationCallbacks} callbacks
	 */
	constructor(world, i18n, actions, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#actions = actions;
		this.#callbacks = callbacks;
	}

	/** @param {Conversation} conversation @param {HTMLElement} button reports that the link was copied @returns {MenuEntry[]} */
	items(conversation, button) {
		const link = this.#actions.navigation.linkTo({ conversation: conversation.id });
		const { people, search } = this.#callbacks;
		const entries = /** @type {MenuEntry[]} */ ([
			this.#mute(conversation),
			this.#pin(conversation),
			{ group: this.#text("conversation.notify"), items: this.#notify(conversation) },
			{
				group: "",
				items: [
					...this.#topic(conversation),
					...(conversation.isDirect
						? []
						: [{ icon: "people", label: this.#text("conversation.people"), id: "menu-people", choose: people }]),
					{ icon: "search", label: this.#text("search.here"), id: "menu-search", choose: search },
					{
						icon: "link",
						label: this.#text("conversation.copyLink"),
						id: "menu-link",
						choose: () => copyWithFeedback(link, button, this.#i18n),
					},
				],
			},
		]);
		if (this.#mayLeave(conversation)) entries.push({ group: "", items: [this.#leave(conversation)] });
		return entries;
	}

	/** @param {string} key */
	#text(key) {
		return this.#i18n.text(key);
	}

	/** @param {Conversation} conversation @returns {Notify} */
	#notifyOf({ id }) {
		return this.#world.conversationList.get(id)?.notify ?? defaultNotify(id);
	}

	/** @param {Conversation} conversation @param {{pinned?: boolean, notify?: Notify}} change */
	#update({ id }, change) {
		this.#actions.lists.update(id, change).catch(this.#callbacks.reportError);
	}

	/** @param {Conversation} conversation @returns {MenuItem} */
	#mute(conversation) {
		const notify = this.#notifyOf(conversation);
		const isMuted = notify === "nothing";
		return {
			icon: isMuted ? "bell" : "bellOff",
			label: this.#text(isMuted ? "conversation.unmute" : "conversation.mute"),
			id: "menu-mute",
			choose: () => {
				if (!isMuted) this.#beforeMute.set(conversation.id, notify);
				const wanted = isMuted ? (this.#beforeMute.get(conversation.id) ?? defaultNotify(conversation.id)) : "nothing";
				this.#update(conversation, { notify: wanted });
			},
		};
	}

	/** @param {Conversation} conversation @returns {MenuItem} */
	#pin(conversation) {
		const pinned = this.#world.conversationList.get(conversation.id)?.pinned ?? false;
		return {
			icon: "pin",
			label: this.#text(pinned ? "list.unpin" : "list.pin"),
			id: "menu-pin",
			choose: () => this.#update(conversation, { pinned: !pinned }),
		};
	}

	/** @param {Conversation} conversation @returns {MenuItem[]} */
	#notify(conversation) {
		const current = this.#notifyOf(conversation);
		return NOTIFY.map(([value, icon]) => ({
			icon,
			label: this.#text(`conversation.notify.${value}`),
			checked: value === current,
			choose: () => this.#update(conversation, { notify: value }),
		}));
	}

	/** @param {Conversation} conversation @returns {MenuItem[]} */
	#topic({ isDirect, topic }) {
		if (isDirect) return [];
		const label = this.#text("topic.change");
		return [{ icon: "pencil", label, ...(topic && { hint: topic }), id: "menu-topic", choose: this.#callbacks.topic }];
	}

	/** The default channel opens where nothing else does: it can be left only for another. @param {Conversation} conversation */
	#mayLeave({ id }) {
		return id !== DEFAULT_CHANNEL || this.#world.conversationList.all.some((entry) => entry.conversation !== id);
	}

	/** @param {Conversation} conversation @returns {MenuItem} */
	#leave({ id, isDirect }) {
		return {
			icon: "leave",
			label: this.#text(isDirect ? "list.unlist.private" : "list.unlist.channel"),
			id: "menu-leave",
			danger: true,
			choose: () => this.#leaveFor(id).catch(this.#callbacks.reportError),
		};
	}

	/** Leave a conversation, then show the next one: the open one would be listed again. @param {string} id */
	async #leaveFor(id) {
		const others = this.#world.conversationList.all.filter((entry) => entry.conversation !== id);
		await this.#actions.lists.unlist(id);
		if (this.#world.current?.id === id)
			this.#actions.navigation.openConversation(others[0]?.conversation ?? DEFAULT_CHANNEL);
	}
}
