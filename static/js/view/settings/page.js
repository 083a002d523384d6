import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { element, iconButton, isComposed, setAttribute } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { sectionsOf } from "./sections.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").SettingsPlace} SettingsPlace */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("./sections.js").SettingsSection} SettingsSection */

/** Of the window's height: a part that begins above this is being read. */
const READ_FROM = 0.25;
/** Of it, too: who was led to a part and moves by less still reads it, wherever in the window it came to stand. */
const STILL_THERE = 0.15;

/** The settings: a page of its own, with an address for each part. */
export class SettingsView {
	#world;
	#i18n;
	#navigation;
	/** @type {readonly SettingsSection[]} */
	#sections;
	#title;
	#nav;
	/** Whose settings are shown. @type {string | null} */
	#userId = null;
	/** The part somebody was led to, and how far below the top of the window. @type {{part: HTMLElement, top: number} | null} */
	#jumpedTo = null;

	/** @param {World} world @param {I18n} i18n @param {Pick<Actions, "account" | "moderation" | "navigation" | "plugins">} actions @param {() => Promise<void>} leave */
	constructor(world, i18n, actions, leave) {
		this.#world = world;
		this.#i18n = i18n;
		this.#navigation = actions.navigation;
		this.#sections = sectionsOf(world, i18n, actions, leave);
		this.#title = element("h1", { tabindex: "-1" }, i18n.text("settings.title"));
		this.#nav = element(
			"nav",
			{ class: "settings-nav", "aria-label": i18n.text("settings.parts") },
			...this.#sections.map(({ element: { id } }) => element("a", { href: `#${id}` }, i18n.text(`settings.${id}`))),
		);
		this.element = element(
			"div",
			{ class: "settings" },
			element("header", { class: "settings-header" }, this.#backButton(), this.#title),
			this.#nav,
			element("main", { class: "settings-body" }, ...this.#sections.map((part) => part.element)),
		);
		this.#nav.addEventListener("click", (event) => this.#linkClicked(event));
		this.element.addEventListener("keydown", (event) => this.#key(event));
		world.session.on("change", () => this.#reset());
		world.session.on("me", () => this.#roleChanged());
		this.#watchScrolling();
	}

	/** @param {SettingsPlace} place @param {boolean} entered from somewhere else */
	show({ section }, entered) {
		if (entered) this.#opened();
		const part = this.#sections.find(({ element: { id, hidden } }) => id === section && !hidden);
		if (part) this.#jumpTo(part);
		else if (entered) this.#title.focus();
		if (!part) this.#markRead();
	}

	#opened() {
		this.#jumpedTo = null;
		scrollTo(0, 0);
		this.#load();
	}

	/** Whoever is in finds what is theirs. */
	#load() {
		this.#applyRole();
		this.#userId = this.#world.session.me?.id ?? null;
		for (const part of this.#sections) {
			part.clear?.();
			if (!part.element.hidden) part.load?.();
		}
	}

	/** @param {SettingsSection} part */
	#jumpTo(part) {
		part.element.scrollIntoView();
		this.#jumpedTo = { part: part.element, top: topOf(part.element) };
		this.#markRead();
		if (part.focus) part.focus();
		else part.element.querySelector("h2")?.focus({ preventScroll: true });
	}

	/** The browser alone would lead there, and take the focus away. @param {MouseEvent} event */
	#linkClicked(event) {
		const { target, ctrlKey, metaKey, shiftKey } = event;
		const section = /** @type {Element} */ (target).getAttribute("href")?.slice(1);
		if (!section || ctrlKey || metaKey || shiftKey) return;
		event.preventDefault();
		this.#navigation.open({ kind: "settings", section });
	}

	/** Some parts are for those who keep order. @returns {SettingsSection[]} those that were not there before */
	#applyRole() {
		const role = this.#world.session.me?.role ?? "member";
		return this.#sections.filter(({ element: section, roles }, index) => {
			const wasHidden = section.hidden;
			section.hidden = roles !== undefined && !roles.includes(role);
			const link = /** @type {HTMLElement | undefined} */ (this.#nav.children[index]);
			if (link) link.hidden = section.hidden;
			return wasHidden && !section.hidden;
		});
	}

	/** What somebody may see from now on, they see. */
	#roleChanged() {
		const more = this.#applyRole();
		if (this.#userId && this.element.isConnected) for (const part of more) part.load?.();
	}

	/** Nothing of one person is there for the next, who may be in already. */
	#reset() {
		const { me } = this.#world.session;
		if (me && me.id === this.#userId) return;
		this.#userId = null;
		if (me && this.element.isConnected) this.#load();
		else for (const part of this.#sections) part.clear?.();
	}

	#backButton() {
		const back = iconButton(icon("back"), this.#i18n.text("settings.back"), {
			class: "icon-button",
			id: "settings-back",
		});
		back.addEventListener("click", () => this.#goBack());
		return back;
	}

	#goBack() {
		this.#navigation.open(this.#world.placeFor(this.#world.current?.id ?? DEFAULT_CHANNEL));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (event.key !== "Escape" || event.defaultPrevented || isComposed(event)) return;
		if (document.querySelector(":popover-open, dialog[open]")) return;
		this.#goBack();
	}

	/** Mark the link to the part that is being read. */
	#watchScrolling() {
		let scheduled = false;
		const moved = () => {
			if (scheduled || !this.element.isConnected) return;
			scheduled = true;
			requestAnimationFrame(() => {
				scheduled = false;
				this.#markRead();
			});
		};
		for (const event of ["scroll", "resize"]) addEventListener(event, moved, { passive: true });
	}

	#markRead() {
		const read = this.#read();
		for (const link of this.#nav.children) {
			const isRead = link.getAttribute("href") === `#${read?.id}`;
			if (isRead && !link.hasAttribute("aria-current")) link.scrollIntoView({ block: "nearest", inline: "center" });
			setAttribute(link, "aria-current", isRead ? "true" : null);
		}
	}

	/** Where somebody was led, until they go on; else the last part that has come up. @returns {HTMLElement | undefined} */
	#read() {
		if (this.#jumpedTo && Math.abs(topOf(this.#jumpedTo.part) - this.#jumpedTo.top) < STILL_THERE * innerHeight)
			return this.#jumpedTo.part;
		this.#jumpedTo = null;
		const shown = this.#sections.map((part) => part.element).filter(({ hidden }) => !hidden);
		const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
		if (scrollTop > 0 && scrollHeight - clientHeight - scrollTop < 2) return shown.at(-1);
		return shown.findLast((part) => topOf(part) < READ_FROM * innerHeight) ?? shown[0];
	}
}

/** @param {HTMLElement} part */
const topOf = (part) => part.getBoundingClientRect().top;
