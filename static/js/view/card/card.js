import { Refusal } from "../../model/base/refusal.js";
import { directWith } from "../../model/lists/routes.js";
import { ranksAbove } from "../../model/session/session.js";
import { Dates } from "../format/dates.js";
import { nameOf } from "../format/person-label.js";
import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { cardFacts, cardHead } from "./card-facts.js";
import { moderationForm } from "./card-form.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../ui/icons.js").IconName} IconName */
/** @typedef {import("../../model/base/protocol.js").Card} Card */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/base/protocol.js").Role} Role */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {"mute" | "kick" | "ban"} ModerationAction one that has a form, with a reason */

const GAP_PX = 6;
const ROLES = /** @type {const} */ (["member", "moderator", "admin"]);

/**
 * The card of a user: what the user shares, and the actions on the user. Opens next to the name, on a phone as a bottom
 * sheet. An element opens the card of the user whose id is its `data-card`.
 */
export class CardView {
	#world;
	#i18n;
	#actions;
	#dates;
	/** @type {string | null} */
	#userId = null;
	/** @type {Card | null} */
	#card = null;
	/** Where the element is that opened the card. */
	#anchor = new DOMRect();
	/** The action whose form is open. @type {ModerationAction | null} */
	#formAction = null;
	#error = element("p", { class: "error", role: "alert" });

	/** @param {World} world @param {I18n} i18n @param {Pick<Actions, "account" | "moderation" | "navigation">} actions */
	constructor(world, i18n, actions) {
		this.#world = world;
		this.#i18n = i18n;
		this.#actions = actions;
		this.#dates = new Dates(i18n.locale);
		this.element = element("div", { class: "card", id: "card", popover: "auto", role: "dialog" });
		this.element.addEventListener("toggle", (event) => {
			if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#userId = null;
		});
		world.session.on("me", () => this.#refresh());
		world.persons.on("change", (changed) => {
			if (this.#userId !== null && changed.has(this.#userId)) this.#refresh();
		});
	}

	/** @param {HTMLElement} page in which clicks and keys on names open cards */
	listenTo(page) {
		page.addEventListener("click", (event) => this.#pressed(event));
		page.addEventListener("keydown", (event) => {
			if (event.key !== "Enter" && event.key !== " ") return;
			if (/** @type {Element} */ (event.target).matches('[role="button"][data-card]')) this.#pressed(event);
		});
	}

	/** @param {Event} event */
	#pressed(event) {
		const trigger = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-card]"));
		const id = trigger?.dataset.card;
		if (!trigger || !id || this.element.contains(trigger)) return;
		event.preventDefault();
		this.#open(id, trigger.getBoundingClientRect());
	}

	/** @param {string} id @param {DOMRect} anchor */
	#open(id, anchor) {
		this.#userId = id;
		this.#anchor = anchor;
		this.#card = null;
		this.#formAction = null;
		this.#error.textContent = "";
		this.#render();
		this.element.showPopover();
		place(this.element, anchor);
		this.#load(id);
	}

	/** @param {string} id */
	async #load(id) {
		const person = this.#world.persons.find(id);
		if (!person?.name || person.former) return;
		await this.#attempt(() => this.#actions.moderation.card(person.name));
		this.#focus();
	}

	/** @param {() => Promise<Card | null | void>} request */
	async #attempt(request) {
		const userId = this.#userId;
		try {
			const card = await request();
			if (this.#userId !== userId) return;
			this.#error.textContent = "";
			this.#formAction = null;
			if (card) this.#card = card;
			this.#render();
		} catch (reason) {
			if (this.#userId === userId) this.#error.textContent = this.#i18n.error(Refusal.from(reason));
		}
	}

	/** Keeps an open form: the user may be writing a reason. */
	#refresh() {
		if (!this.#formAction) this.#render();
	}

	#close() {
		this.element.hidePopover();
	}

	#render() {
		if (!this.#userId) return;
		const person = this.#world.persons.find(this.#userId) ?? { id: this.#userId, name: "" };
		this.element.setAttribute("aria-label", nameOf(person, this.#i18n));
		const close = iconButton(icon("close"), this.#i18n.text("card.close"), { class: "icon-button card-close" });
		close.addEventListener("click", () => this.#close());
		const hadFocus = this.element.contains(document.activeElement);
		const focusedIndex = [...this.element.querySelectorAll(".card-acts button")].indexOf(
			/** @type {any} */ (document.activeElement),
		);
		const parts = [
			cardHead(person, this.#card, this.#i18n, this.#dates),
			cardFacts(this.#card, this.#i18n, this.#dates),
			this.#error,
			this.#formAction ? this.#form(person, this.#formAction) : this.#buttons(person),
		];
		this.element.replaceChildren(close, ...parts.filter((part) => part !== null));
		// What the card shows now may be higher.
		place(this.element, this.#anchor);
		if (hadFocus) this.#focus(focusedIndex);
	}

	/** Focus an action by its index, else the first control. @param {number} [index] */
	#focus(index = -1) {
		/** @type {NodeListOf<HTMLElement>} */
		const buttons = this.element.querySelectorAll(".card-acts button");
		if (buttons[index]) return buttons[index].focus();
		for (const selector of [".card-form :is(select, input)", ".card-acts button", ".card-close"]) {
			/** @type {HTMLElement | null} */
			const first = this.element.querySelector(selector);
			if (first) return first.focus();
		}
	}

	/** @param {Person} person */
	#buttons(person) {
		const card = this.#card;
		if (!card) return null;
		const { me } = this.#world.session;
		const buttons = element("div", { class: "card-acts" });
		if (me?.id === person.id) buttons.append(this.#button("settings", "card.edit", () => this.#openSettings()));
		else buttons.append(...this.#commonButtons(person), ...this.#moderationButtons(person, card));
		return buttons;
	}

	/** @param {Person} person */
	#commonButtons(person) {
		const { id, name } = person;
		const isIgnored = Boolean(this.#world.session.me?.ignored?.includes(id));
		const write = () => {
			this.#close();
			this.#actions.navigation.open(directWith(person));
		};
		return [
			this.#button("write", "card.write", write),
			this.#button(isIgnored ? "eye" : "hidden", isIgnored ? "card.hear" : "card.ignore", () =>
				this.#attempt(() => this.#actions.account.setIgnored(name, !isIgnored)),
			),
		];
	}

	/** @param {Person} person @param {Card} card */
	#moderationButtons({ name }, card) {
		const ownRole = this.#world.session.me?.role ?? "member";
		const { moderation } = this.#actions;
		/** @type {HTMLElement[]} */
		const buttons = [];
		if (ownRole !== "member" && ranksAbove(ownRole, card.role ?? "member")) {
			if (card.ban) {
				buttons.push(this.#button("again", "card.unban", () => this.#attempt(() => this.#unban(name))));
			} else {
				if (card.muted_until)
					buttons.push(this.#button("speak", "card.unmute", () => this.#attempt(() => moderation.unmute(name))));
				else buttons.push(this.#moderationButton("mute", "mute"));
				if (this.#world.current?.id.startsWith("#")) buttons.push(this.#moderationButton("leave", "kick"));
				buttons.push(this.#moderationButton("ban", "ban"));
			}
		}
		if (ownRole === "admin") buttons.push(this.#roleChoice(name, card.role ?? "member"));
		return buttons;
	}

	/** A deleted account has no card any more. @param {string} name */
	async #unban(name) {
		const card = await this.#actions.moderation.unban(name);
		if (!card) this.#close();
		return card;
	}

	/** @param {IconName} iconName @param {ModerationAction} action */
	#moderationButton(iconName, action) {
		const button = this.#button(iconName, `card.${action}`, () => {
			this.#formAction = action;
			this.#render();
		});
		button.classList.add("risky");
		return button;
	}

	/** @param {string} name @param {Role} role */
	#roleChoice(name, role) {
		const options = ROLES.map((each) =>
			element("option", { value: each, selected: each === role }, this.#i18n.text(`role.${each}`)),
		);
		const select = element("select", { id: "card-role" }, ...options);
		select.addEventListener("change", async () => {
			await this.#attempt(() => this.#actions.moderation.setRole(name, /** @type {Role} */ (select.value)));
			select.value = this.#card?.role ?? role;
		});
		return element(
			"div",
			{ class: "card-role" },
			element("label", { for: "card-role" }, this.#i18n.text("card.role")),
			select,
		);
	}

	/** @param {Person} person @param {ModerationAction} action */
	#form({ name }, action) {
		const { moderation } = this.#actions;
		const conversation = this.#world.current?.id ?? "";
		return moderationForm(this.#i18n, action, {
			title: this.#i18n.text(`card.${action}.title`, { name, channel: conversation }),
			cancel: () => {
				this.#formAction = null;
				this.#error.textContent = "";
				this.#render();
			},
			submit: ({ duration, reason, address }) =>
				this.#attempt(async () => {
					if (action === "mute") return moderation.mute(name, { minutes: Number(duration), reason });
					if (action === "kick") return moderation.kick(name, { conversation, reason });
					return moderation.ban(name, { days: duration, reason, address });
				}),
		});
	}

	/** @param {IconName} iconName @param {string} key @param {() => void} onClick */
	#button(iconName, key, onClick) {
		const button = element(
			"button",
			{ type: "button", class: "button small quiet", "data-act": key.slice("card.".length) },
			icon(iconName),
			this.#i18n.text(key),
		);
		button.addEventListener("click", onClick);
		return button;
	}

	#openSettings() {
		this.#close();
		this.#actions.navigation.open({ kind: "settings", section: "profile" });
	}
}

/**
 * Position the card next to the element that opened it, inside the window. On a phone the style sheet places it.
 * @param {HTMLElement} card
 * @param {DOMRect} anchor
 */
function place(card, anchor) {
	const { offsetWidth: width, offsetHeight: height } = card;
	const fitsRight = anchor.right + GAP_PX + width < innerWidth;
	const left = fitsRight ? anchor.right + GAP_PX : Math.max(GAP_PX, anchor.left - GAP_PX - width);
	const top = Math.max(GAP_PX, Math.min(anchor.top, innerHeight - height - GAP_PX));
	card.style.setProperty("--left", `${left}px`);
	card.style.setProperty("--top", `${top}px`);
}
