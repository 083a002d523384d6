/** @typedef {import("../base/protocol.js").ListOrder} Order */
/** @typedef {import("./conversation-list.js").Listed} Listed */
/** @typedef {"pinned" | "direct" | "channels" | "all"} Kind */
/** @typedef {{kind: Kind, entries: Listed[]}} Section */
/** @typedef {(a: Listed, b: Listed) => number} Comparison */

/** All sections in their order. `all` has the whole list, for users who want no sections. @type {readonly Kind[]} */
export const KINDS = ["all", "pinned", "direct", "channels"];

/** @param {Listed} entry @returns {Kind} */
const kindOf = ({ pinned, conversation }) => (pinned ? "pinned" : conversation.startsWith("@") ? "direct" : "channels");

/** @param {Listed} entry */
const nameOf = ({ with: person, conversation }) => person?.name ?? conversation.slice(1);

/** @type {Comparison} */
const byPin = (a, b) => Number(b.pinned) - Number(a.pinned);

/**
 * Arranges the list in the order in which it is shown: in sections, or by activity. The order is calm: a visit moves no
 * entry, and while the order is held, neither does a message.
 */
export class ListOrder {
	/** When an entry was last active, and its newest message then. @type {Map<string, {head: number, at: number}>} */
	#times = new Map();
	/** The place of each conversation while the order is held. @type {Map<string, number> | null} */
	#held = null;
	/** @type {Section[]} */
	#sections = [];
	/** Whether only unread conversations are shown, and the current one. */
	onlyUnread = false;
	#collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

	/** The entries in the order of the last arrangement. */
	get entries() {
		return this.#sections.flatMap(({ entries }) => entries);
	}

	/** While it is held, entries keep their order, and new ones are at the end of their section. */
	set isHeld(/** @type {boolean} */ isHeld) {
		if (!isHeld) this.#held = null;
		else this.#held ??= new Map(this.entries.map(({ conversation }, index) => [conversation, index]));
	}

	/**
	 * @param {Listed[]} all
	 * @param {Order} order
	 * @param {string} [current] the conversation that is open
	 * @returns {Section[]} the sections that are not empty
	 */
	arrange(all, order, current) {
		this.#updateTimes(all);
		// While the order is held, what was read stays.
		const isShown = (/** @type {Listed} */ { conversation, unread }) =>
			!this.onlyUnread || unread > 0 || conversation === current || this.#held?.has(conversation);
		const entries = all.filter(isShown);
		if (order === "activity") {
			const sorted = [...entries].sort((a, b) => byPin(a, b) || this.#byHeld(a, b) || this.#byTime(a, b));
			this.#sections = [{ kind: "all", entries: sorted }];
		} else {
			this.#sections = KINDS.map((kind) => ({
				kind,
				entries: entries.filter((entry) => kindOf(entry) === kind).sort(this.#comparisonOf(kind)),
			}));
		}
		this.#sections = this.#sections.filter((section) => section.entries.length > 0);
		return this.#sections;
	}

	/** @param {Kind} kind @returns {Comparison} */
	#comparisonOf(kind) {
		/** @type {Comparison} */
		const byName = (a, b) => this.#byName(a, b);
		/** @type {Comparison} */
		const byTime = (a, b) => this.#byTime(a, b);
		const natural = kind === "direct" ? byTime : byName;
		return (a, b) => this.#byHeld(a, b) || natural(a, b);
	}

	/** @param {Listed} a @param {Listed} b */
	#byName(a, b) {
		return this.#collator.compare(nameOf(a), nameOf(b)) || (a.conversation < b.conversation ? -1 : 1);
	}

	/** @param {Listed} a @param {Listed} b */
	#byTime(a, b) {
		const at = (/** @type {Listed} */ { conversation }) => this.#times.get(conversation)?.at ?? 0;
		return at(b) - at(a);
	}

	/** @param {Listed} a @param {Listed} b */
	#byHeld(a, b) {
		const held = this.#held;
		if (!held) return 0;
		const place = (/** @type {Listed} */ { conversation }) => held.get(conversation) ?? held.size;
		return place(a) - place(b);
	}

	/**
	 * The time of an entry is taken over with a message: a visit makes it active, too, but must not move it.
	 * @param {Listed[]} entries
	 */
	#updateTimes(entries) {
		const times = entries.map(({ conversation, head, active }) => {
			const known = this.#times.get(conversation);
			return /** @type {const} */ ([conversation, known?.head === head ? known : { head, at: active }]);
		});
		this.#times = new Map(times);
	}
}
