import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { element, iconButton, isComposed, setAttribute } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { createSections } from "./sections.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").SettingsPlace} SettingsPlace */
/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("./sections.js").SettingsSection} SettingsSection */

/** The current section is the last one that begins above this part of the window's height. */
const CURRENT_ABOVE = 0.25;
/** After a jump the section stays current until the user scrolls by this part of the window's height. */
const JUMP_TOLERANCE = 0.15;

/** On a narrow screen the settings are a list of links, each to a page with one section. As in settings.css. */
const AS_PAGES = "(width <= 52rem)";

/** The settings page. Each section has an address of its own. */
export class SettingsView {
	#world;
	#i18n;
	#navigation;
	/** @type {readonly SettingsSection[]} */
	#sections;
	#title;
	#nav;
	/** The user whose settings are shown. @type {string | null} */
	#userId = null;
	/** The section that is the page on a narrow screen; the list of sections if empty. */
	#page = "";
	/** Whether the list of sections is the previous entry of the browser's history. */
	#cameFromList = false;
	#asPages = matchMedia(AS_PAGES);
	/** The section of the last jump, and its distance from the top. @type {{section: HTMLElement, top: number} | null} */
	#jumpedTo = null;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "account" | "moderation" | "navigation" | "plugins">} actions
	 * @param {() => Promise<void>} signOut
	 */
	constructor(world, i18n, actions, signOut) {
		this.#world = world;
		this.#i18n = i18n;
		this.#navigation = actions.navigation;
		this.#sections = createSections(world, i18n, actions, signOut);
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
			element("main", { class: "settings-body" }, ...this.#sections.map((section) => section.element)),
		);
		this.#nav.addEventListener("click", (event) => this.#linkClicked(event));
		this.element.addEventListener("keydown", (event) => this.#key(event));
		world.session.on("change", () => this.#reset());
		world.session.on("me", () => this.#roleChanged());
		this.#watchScrolling();
	}

	/** @param {SettingsPlace} place @param {boolean} isNew whether another screen was shown before */
	show({ section: wantedId }, isNew) {
		if (isNew) this.#opened();
		const section = this.#sections.find(({ element: { id, hidden } }) => id === wantedId && !hidden);
		const leftPage = isNew ? "" : this.#page;
		this.#cameFromList = !isNew && leftPage === "" && Boolean(section);
		this.#showPage(section?.element.id ?? "");
		if (section) this.#jumpTo(section);
		else if (isNew || leftPage) this.#focusList(leftPage);
		if (!section) this.#markCurrent();
	}

	/** @param {string} id of the section */
	#showPage(id) {
		this.#page = this.element.dataset.page = id;
		for (const { element: section } of this.#sections) section.classList.toggle("page", section.id === id);
		if (this.#asPages.matches) scrollTo(0, 0);
	}

	/** @param {string} leftPage the section whose page was left, if any */
	#focusList(leftPage) {
		const link = leftPage && this.#asPages.matches && this.#nav.querySelector(`[href="#${leftPage}"]`);
		if (link instanceof HTMLElement) link.focus();
		else this.#title.focus();
	}

	#opened() {
		this.#jumpedTo = null;
		scrollTo(0, 0);
		this.#load();
	}

	/** Load the settings of the user who is signed in. */
	#load() {
		this.#applyRole();
		this.#userId = this.#world.session.me?.id ?? null;
		for (const section of this.#sections) {
			section.clear?.();
			if (!section.element.hidden) section.load?.();
		}
	}

	/** @param {SettingsSection} section */
	#jumpTo(section) {
		section.element.scrollIntoView();
		this.#jumpedTo = { section: section.element, top: topOf(section.element) };
		this.#markCurrent();
		if (section.focus) section.focus();
		else section.element.querySelector("h2")?.focus({ preventScroll: true });
	}

	/** The router opens the link: the browser alone would scroll, but lose the focus. @param {MouseEvent} event */
	#linkClicked(event) {
		const { target, ctrlKey, metaKey, shiftKey } = event;
		const section = /** @type {Element} */ (target).getAttribute("href")?.slice(1);
		if (!section || ctrlKey || metaKey || shiftKey) return;
		event.preventDefault();
		this.#navigation.open({ kind: "settings", section });
	}

	/** Some sections need a role. @returns {SettingsSection[]} those that became visible */
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

	/** A user with a new role sees its sections at once. */
	#roleChanged() {
		const added = this.#applyRole();
		if (this.#userId && this.element.isConnected) for (const section of added) section.load?.();
	}

	/** Remove the data of the last user. The next one may be signed in already. */
	#reset() {
		const { me } = this.#world.session;
		if (me && me.id === this.#userId) return;
		this.#userId = null;
		if (me && this.element.isConnected) this.#load();
		else for (const section of this.#sections) section.clear?.();
	}

	#backButton() {
		const back = iconButton(icon("back"), this.#i18n.text("settings.back"), {
			class: "icon-button",
			id: "settings-back",
		});
		back.addEventListener("click", () => this.#goBack());
		return back;
	}

	/** From a page to the list of sections, from there to the conversation. */
	#goBack() {
		if (this.#asPages.matches && this.#page) {
			if (this.#cameFromList) history.back();
			else this.#navigation.open({ kind: "settings", section: "" });
			return;
		}
		this.#navigation.open(this.#world.placeFor(this.#world.current?.id ?? DEFAULT_CHANNEL));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (event.key !== "Escape" || event.defaultPrevented || isComposed(event)) return;
		if (document.querySelector(":popover-open, dialog[open]")) return;
		this.#goBack();
	}

	/** Keep the link to the current section marked. */
	#watchScrolling() {
		let scheduled = false;
		const onScroll = () => {
			if (scheduled || !this.element.isConnected) return;
			scheduled = true;
			requestAnimationFrame(() => {
				scheduled = false;
				this.#markCurrent();
			});
		};
		for (const event of ["scroll", "resize"]) addEventListener(event, onScroll, { passive: true });
	}

	#markCurrent() {
		const current = this.#currentSection();
		for (const link of this.#nav.children) {
			const isCurrent = !this.#asPages.matches && link.getAttribute("href") === `#${current?.id}`;
			if (isCurrent && !link.hasAttribute("aria-current")) link.scrollIntoView({ block: "nearest", inline: "center" });
			setAttribute(link, "aria-current", isCurrent ? "true" : null);
		}
	}

	/**
	 * The section of the last jump until the user scrolls on, else the one at the top of the window.
	 * @returns {HTMLElement | undefined}
	 */
	#currentSection() {
		if (this.#jumpedTo && Math.abs(topOf(this.#jumpedTo.section) - this.#jumpedTo.top) < JUMP_TOLERANCE * innerHeight)
			return this.#jumpedTo.section;
		this.#jumpedTo = null;
		const shown = this.#sections.map((section) => section.element).filter(({ hidden }) => !hidden);
		const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
		if (scrollTop > 0 && scrollHeight - clientHeight - scrollTop < 2) return shown.at(-1);
		return shown.findLast((section) => topOf(section) < CURRENT_ABOVE * innerHeight) ?? shown[0];
	}
}

/** @param {HTMLElement} section */
const topOf = (section) => section.getBoundingClientRect().top;
