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
/** @typedef {"mute" | "kick" | "ban"} Measure what is done to somebody, with a reason */

const GAP_PX = 6;
const ROLES = /** @type {const} */ (["member", "moderator", "admin"]);

/**
 * The card of a user: what they share, and the actions on them. Opens at the name, on a phone as a sheet from below.
 * Every element with `data-card` and the id of a user opens it.
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
	/** @type {Measure | null} */
	#measure = null;
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

	/** @param {HTMLElement} page where names lead to cards, by pointer and by keyboard */
	listenTo(page) {
		page.addEventListener("click", (event) => this.#pressed(event));
		page.addEventListener("keydown", (event) => {
			if (event.key !== "Enter" && event.key !== " ") return;
			if (/** @type {Element} */ (event.target).matches('[role="button"][data-card]')) this.#pressed(event);
		});
	}

	/** @param {Event} event */
	#pressed(event) {
		const from = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-card]"));
		const id = from?.dataset.card;
		if (!from || !id || this.element.contains(from)) return;
		event.preventDefault();
		this.#open(id, from.getBoundingClientRect());
	}

	/** @param {string} id @param {DOMRect} anchor */
	#open(id, anchor) {
		this.#userId = id;
		this.#card = null;
		this.#measure = null;
		this.#error.textContent = "";
		this.#render();
		this.element.showPopover();
		place(this.element, anchor);
		this.#load(id).then(() => this.#userId === id && place(this.element, anchor));
	}

	/** @param {string} id */
	async #load(id) {
		const person = this.#world.persons.find(id);
		if (!person?.name || person.former) return;
		await this.#attempt(() => this.#actions.moderation.card(person.name));
		this.#focus();
	}

	/** @param {() => Promise<Card | null | void>} work */
	async #attempt(work) {
		const of = this.#userId;
		try {
			const card = await work();
			if (this.#userId !== of) return;
			this.#error.textContent = "";
			this.#measure = null;
			if (card) this.#card = card;
			this.#render();
		} catch (reason) {
			if (this.#userId === of) this.#error.textContent = this.#i18n.error(Refusal.from(reason));
		}
	}

	/** What somebody is writing stays. */
	#refresh() {
		if (!this.#measure) this.#render();
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
		const at = [...this.element.querySelectorAll(".card-acts button")].indexOf(
			/** @type {any} */ (document.activeElement),
		);
		const parts = [
			cardHead(person, this.#card, this.#i18n, this.#dates),
			cardFacts(this.#card, this.#i18n, this.#dates),
			this.#error,
			this.#measure ? this.#form(person, this.#measure) : this.#buttons(person),
		];
		this.element.replaceChildren(close, ...parts.filter((part) => part !== null));
		if (hadFocus) this.#focus(at);
	}

	/** To what can be done: where one was, or to the first. @param {number} [at] */
	#focus(at = -1) {
		/** @type {NodeListOf<HTMLElement>} */
		const acts = this.element.querySelectorAll(".card-acts button");
		if (acts[at]) return acts[at].focus();
		for (const wanted of [".card-form :is(select, input)", ".card-acts button", ".card-close"]) {
			/** @type {HTMLElement | null} */
			const first = this.element.querySelector(wanted);
			if (first) return first.focus();
		}
	}

	/** @param {Person} person */
	#buttons(person) {
		const card = this.#card;
		if (!card) return null;
		const { me } = this.#world.session;
		const acts = element("div", { class: "card-acts" });
		if (me?.id === person.id) acts.append(this.#button("settings", "card.edit", () => this.#visitSettings()));
		else acts.append(...this.#commonButtons(person), ...this.#moderationButtons(person, card));
		return acts;
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
		const mine = this.#world.session.me?.role ?? "member";
		const { moderation } = this.#actions;
		/** @type {HTMLElement[]} */
		const acts = [];
		if (mine !== "member" && ranksAbove(mine, card.role ?? "member")) {
			if (card.muted_until)
				acts.push(this.#button("speak", "card.unmute", () => this.#attempt(() => moderation.unmute(name))));
			else acts.push(this.#measureButton("mute", "mute"));
			if (this.#world.current?.id.startsWith("#")) acts.push(this.#measureButton("leave", "kick"));
			acts.push(this.#measureButton("ban", "ban"));
		}
		if (mine === "admin") acts.push(this.#roleChoice(name, card.role ?? "member"));
		return acts;
	}

	/** @param {IconName} picture @param {Measure} measure */
	#measureButton(picture, measure) {
		const button = this.#button(picture, `card.${measure}`, () => {
			this.#measure = measure;
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

	/** @param {Person} person @param {Measure} measure */
	#form({ name }, measure) {
		const { moderation } = this.#actions;
		const conversation = this.#world.current?.id ?? "";
		return moderationForm(this.#i18n, measure, {
			title: this.#i18n.text(`card.${measure}.title`, { name, channel: conversation }),
			cancel: () => {
				this.#measure = null;
				this.#error.textContent = "";
				this.#render();
			},
			submit: ({ time, reason, address }) =>
				this.#attempt(async () => {
					if (measure === "mute") return moderation.mute(name, { minutes: Number(time), reason });
					if (measure === "kick") return moderation.kick(name, { conversation, reason });
					return moderation.ban(name, { days: time === null ? null : time, reason, address });
				}),
		});
	}

	/** @param {IconName} picture @param {string} key @param {() => void} act */
	#button(picture, key, act) {
		const button = element(
			"button",
			{ type: "button", class: "button small quiet", "data-act": key.slice("card.".length) },
			icon(picture),
			this.#i18n.text(key),
		);
		button.addEventListener("click", act);
		return button;
	}

	#visitSettings() {
		this.#close();
		this.#actions.navigation.open({ kind: "settings", section: "profile" });
	}
}

/** Beside what was pressed, inside the window; the style sheet makes a sheet of it on a phone. @param {HTMLElement} card @param {DOMRect} anchor */
function place(card, anchor) {
	const { offsetWidth: width, offsetHeight: height } = card;
	const fits = anchor.right + GAP_PX + width < innerWidth;
	const left = fits ? anchor.right + GAP_PX : Math.max(GAP_PX, anchor.left - GAP_PX - width);
	const top = Math.max(GAP_PX, Math.min(anchor.top, innerHeight - height - GAP_PX));
	card.style.setProperty("--left", `${left}px`);
	card.style.setProperty("--top", `${top}px`);
}
