import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/person-directory.js").PersonDirectory} PersonDirectory */
/** @typedef {import("../../model/base/protocol.js").Message} Message */

/** How many users are named; the rest are counted. */
const MAX_NAMED = 10;

/** Renders the reactions to a message: each emoji, how many users chose it, and who. */
export class ReactionsRenderer {
	#i18n;
	#persons;
	#callbacks;

	/**
	 * @param {I18n} i18n
	 * @param {PersonDirectory} persons
	 * @param {{react: (message: Message, emoji: string, on: boolean) => void,
	 *   pick: (button: HTMLElement, message: Message) => void, me: () => string | undefined}} callbacks
	 */
	constructor(i18n, persons, callbacks) {
		this.#i18n = i18n;
		this.#persons = persons;
		this.#callbacks = callbacks;
	}

	/** @param {Message} message @returns {HTMLElement | null} */
	draw(message) {
		const reactions = Object.entries(message.reactions ?? {});
		if (reactions.length === 0) return null;
		const addButton = iconButton(icon("smile"), this.#i18n.text("message.react"), { class: "reaction add" });
		addButton.addEventListener("click", () => this.#callbacks.pick(addButton, message));
		return element(
			"div",
			{ class: "reactions", role: "group", "aria-label": this.#i18n.text("reactions.label") },
			...reactions.map(([emoji, users]) => this.#reaction(message, emoji, users)),
			addButton,
		);
	}

	/** Changes when a name in a reaction changes. @param {Message} message */
	version({ reactions = {} }) {
		return Object.values(reactions)
			.map((users) => this.#names(users))
			.join();
	}

	/** @param {Message} message @param {string} emoji @param {string[]} users */
	#reaction(message, emoji, users) {
		const me = this.#callbacks.me();
		const isOwn = me !== undefined && users.includes(me);
		const label = this.#i18n.text("reactions.one", { emoji, names: this.#names(users) });
		const button = element(
			"button",
			{
				type: "button",
				class: "reaction",
				"data-stop": emoji,
				"aria-pressed": String(isOwn),
				"aria-label": label,
				title: label,
			},
			element("span", { class: "emoji" }, emoji),
			element("span", { class: "reaction-count" }, String(users.length)),
		);
		button.addEventListener("click", () => this.#callbacks.react(message, emoji, !isOwn));
		return button;
	}

	/** @param {string[]} users */
	#names(users) {
		return namesOf(users, this.#persons, this.#callbacks.me(), this.#i18n);
	}
}

/**
 * The users in one phrase, the user's own name last: "Maria, Nikos and you".
 * @param {string[]} users ids
 * @param {PersonDirectory} persons
 * @param {string | undefined} me
 * @param {I18n} i18n
 */
function namesOf(users, persons, me, i18n) {
	const others = users.filter((id) => id !== me);
	const named = others.slice(0, others.length > MAX_NAMED ? MAX_NAMED - 1 : MAX_NAMED);
	const names = named.map((id) => persons.find(id)?.name || "…");
	const rest = others.length - named.length;
	if (others.length < users.length) names.push(i18n.text("people.you"));
	if (rest > 0) return i18n.text("reactions.more", { names: names.join(", "), count: rest });
	const last = names.pop() ?? "";
	return names.length > 0 ? i18n.text("reactions.and", { names: names.join(", "), last }) : last;
}

/**
 * The reactions to a message in one line; empty if there are none.
 * @param {Message} message
 * @param {PersonDirectory} persons
 * @param {string | undefined} me
 * @param {I18n} i18n
 */
export function reactionsText({ reactions = {} }, persons, me, i18n) {
	return Object.entries(reactions)
		.map(([emoji, users]) => i18n.text("reactions.one", { emoji, names: namesOf(users, persons, me, i18n) }))
		.join(" · ");
}
