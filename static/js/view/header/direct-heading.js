import { Dates } from "../format/dates.js";
import { presenceAvatar } from "../sidebar/list-entry.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/base/protocol.js").Card} Card */
/** @typedef {import("../../model/world.js").World} World */

/** Limits the requests for a user whose connection comes and goes. */
const PAUSE_MS = 1_000;

/** The heading of a direct conversation: what the other user shares. */
export class DirectHeading {
	#world;
	#i18n;
	#loadCard;
	#dates;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {Card | null} */
	#card = null;
	#requestedAt = 0;
	#unsubscribers = /** @type {(() => void)[]} */ ([]);
	avatar = element("span", { class: "heading-picture", hidden: true });
	line = element("p", { class: "heading-line", id: "private-line", hidden: true });

	/** @param {World} world @param {I18n} i18n @param {(name: string) => Promise<Card>} loadCard */
	constructor(world, i18n, loadCard) {
		this.#world = world;
		this.#i18n = i18n;
		this.#loadCard = loadCard;
		this.#dates = new Dates(i18n.locale);
		world.conversationList.on("change", () => this.#onlineChanged());
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		for (const unsubscribe of this.#unsubscribers) unsubscribe();
		this.#unsubscribers = [
			conversation.on("with", () => {
				this.#render();
				this.#load();
			}),
		];
		this.#conversation = conversation;
		this.#card = null;
		this.#requestedAt = 0;
		this.avatar.hidden = this.line.hidden = !conversation.isDirect;
		this.#render();
		this.#load();
	}

	/** The other user came online or went offline: load the card again. */
	#onlineChanged() {
		const online = this.#online;
		if (this.#card && online !== undefined && online !== Boolean(this.#card.online)) this.#load();
	}

	get #online() {
		return this.#conversation?.isDirect ? this.#world.conversationList.get(this.#conversation.id)?.online : undefined;
	}

	async #load() {
		const person = this.#conversation?.with;
		if (!person?.name || person.former || Date.now() - this.#requestedAt < PAUSE_MS) return;
		this.#requestedAt = Date.now();
		const card = await this.#loadCard(person.name).catch(() => null);
		if (!card || card.id !== this.#conversation?.with?.id) return;
		this.#card = card;
		this.#render();
	}

	#render() {
		const person = this.#conversation?.with;
		if (!person) return;
		const online = !person.former && (this.#online ?? this.#card?.online ?? false);
		this.avatar.replaceChildren(presenceAvatar(person, online));
		const { age, place } = this.#card ?? {};
		const parts = [this.#presence(person, online), age && this.#i18n.text("private.age", { count: age }), place];
		this.line.textContent = parts.filter(Boolean).join(" · ");
	}

	/** @param {import("../../model/base/protocol.js").Person} person @param {boolean} online */
	#presence({ former }, online) {
		if (former) return this.#i18n.text("private.gone");
		return online ? this.#i18n.text("private.online") : this.#lastSeen();
	}

	#lastSeen() {
		const at = this.#card?.last_seen;
		return at ? this.#i18n.text("private.lastSeen", { ago: this.#dates.ago(at) }) : "";
	}
}
