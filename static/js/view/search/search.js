import { excerpt, withoutSigns } from "../../model/text/excerpt.js";
import { avatar } from "../format/avatar.js";
import { Dates } from "../format/dates.js";
import { watchDay } from "../format/day-clock.js";
import { nameNode, titleById } from "../format/person-label.js";
import { element, setAttribute } from "../ui/dom.js";
import { KeyedList } from "../ui/keyed-list.js";
import { overlay } from "../ui/overlay.js";
import { routeLink } from "../ui/route-link.js";
import { SearchForm } from "./search-form.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Hit} Hit */
/** @typedef {import("../../model/world.js").World} World */

/** The message search. Going back from a result restores the scroll position. */
export class SearchView {
	#world;
	#i18n;
	#actions;
	#dates;
	#form;
	#state = element("p", { class: "screen-state", id: "search-state", role: "status" });
	#hits = element("ol", { class: "hits" });
	/** @type {KeyedList<{key: string, hit: Hit}>} */
	#rows;
	#more;
	#everywhere;
	#scrolled = 0;
	/** @type {(() => void)[]} */
	#subscriptions = [];

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "navigation" | "search">} actions
	 * @param {() => void} back
	 */
	constructor(world, i18n, actions, back) {
		this.#world = world;
		this.#i18n = i18n;
		this.#actions = actions;
		this.#dates = new Dates(i18n.locale);
		this.#form = new SearchForm(world, i18n, actions.navigation.open);
		this.#more = element("button", { type: "button", id: "more-hits", class: "button small quiet", hidden: true });
		this.#more.textContent = i18n.text("search.more");
		this.#more.addEventListener("click", () => actions.search.loadMore());
		this.#everywhere = element("button", { type: "button", id: "search-everywhere", class: "button small quiet" });
		this.#everywhere.textContent = i18n.text("search.tryEverywhere");
		this.#everywhere.addEventListener("click", () => this.#searchEverywhere());
		this.#rows = new KeyedList(this.#hits, ({ hit }) => this.#hit(hit));
		const labels = { id: "search", title: i18n.text("title.search"), back: i18n.text("screen.back") };
		this.element = overlay(labels, back, this.#form.element, this.#state, this.#everywhere, this.#hits, this.#more);
		watchDay(() => this.element.hidden || this.#render());
		this.#render();
	}

	/** Follow the model only while the screen is shown: its lists change all the time. */
	#follow() {
		const { searchResults, persons, emoji, conversationList } = this.#world;
		const render = () => this.#render();
		const refreshPlaces = () => this.#form.refreshPlaces();
		this.#subscriptions = [
			searchResults.on("change", render),
			persons.on("change", render),
			emoji.on("change", render),
			conversationList.on("change", refreshPlaces),
			persons.on("change", refreshPlaces),
		];
	}

	/** @param {import("../../model/lists/routes.js").SearchQuery} query */
	show(query) {
		const wasHidden = this.element.hidden;
		this.element.hidden = false;
		if (wasHidden) this.#follow();
		this.#form.fill(query);
		this.#render();
		if (wasHidden && this.#scrolled > 0) this.#body.scrollTop = this.#scrolled;
		else if (wasHidden || !query.q) this.#form.focus();
	}

	hide() {
		if (this.element.hidden) return;
		this.#scrolled = this.#body.scrollTop;
		this.element.hidden = true;
		for (const unsubscribe of this.#subscriptions) unsubscribe();
	}

	get #body() {
		return /** @type {HTMLElement} */ (this.element.querySelector(".screen-body"));
	}

	#render() {
		const { hits, cursor, phase, query } = this.#world.searchResults;
		// An empty page that is not the last one has a button for the next one.
		this.#everywhere.hidden = phase !== "ready" || hits.length > 0 || cursor !== null || !query.in;
		this.element.setAttribute("aria-busy", String(phase === "searching"));
		this.#state.textContent = this.#stateText();
		if (hits.length === 0) this.#scrolled = 0;
		const shown = this.#hits.childElementCount;
		const rows = hits.map((hit) => ({ key: hit.message.id, hit }));
		this.#rows.update(rows, ({ hit }) => this.#version(hit));
		this.#renderMore(cursor !== null, phase === "searching", shown);
	}

	/** The same search without the conversation. */
	#searchEverywhere() {
		const { in: _, ...query } = this.#world.searchResults.query;
		this.#actions.navigation.open({ kind: "search", query });
		this.#form.focus();
	}

	/**
	 * After the last page the button is hidden: the focus moves to the first new result.
	 * @param {boolean} more
	 * @param {boolean} busy
	 * @param {number} shown how many results were shown before
	 */
	#renderMore(more, busy, shown) {
		const losesFocus = !more && document.activeElement === this.#more;
		this.#more.hidden = !more;
		setAttribute(this.#more, "aria-disabled", busy ? "true" : null);
		const next = this.#hits.children[shown] ?? this.#hits.lastElementChild;
		if (losesFocus) next?.querySelector("a")?.focus();
	}

	/** Changes when a hit must be rendered again: for another search, or because its users changed. @param {Hit} hit */
	#version({ message: { author, conversation, seq, sent }, marks }) {
		const { name, avatar, former } = this.#world.persons.current(author);
		const place = titleById(conversation, this.#world, this.#i18n);
		return JSON.stringify([seq, this.#dates.when(sent), marks, name, avatar, former, place, this.#world.emoji.ready]);
	}

	/** @returns {import("../../model/text/inline.js").MarkupContext} */
	get #markupContext() {
		const { emoji } = this.#world;
		return { emojiNamed: (name) => emoji.byName(name), emojiForEmoticon: (emoticon) => emoji.byEmoticon(emoticon) };
	}

	#stateText() {
		const { hits, cursor, phase, refusal } = this.#world.searchResults;
		if (refusal) return this.#i18n.error(refusal);
		if (phase === "idle") return this.#i18n.text("search.hint");
		if (phase === "searching") return hits.length > 0 ? "" : this.#i18n.text("search.searching");
		if (hits.length === 0) return this.#i18n.text("search.none");
		return this.#i18n.text(cursor ? "search.found.more" : "search.found", { count: hits.length });
	}

	/** @param {Hit} hit */
	#hit({ message, marks }) {
		const { id, conversation, sent, text } = message;
		const author = this.#world.persons.current(message.author);
		const place = titleById(conversation, this.#world, this.#i18n);
		const pieces = excerpt(withoutSigns(text, marks, this.#markupContext));
		const link = routeLink(
			() => this.#world.placeFor(conversation, id),
			this.#actions.navigation.open,
			{ class: "hit-link" },
			element(
				"span",
				{ class: "hit-line" },
				avatar(author),
				nameNode(author, this.#i18n, "hit-author"),
				element("bdi", { class: "hit-place" }, this.#i18n.text("search.in", { name: place })),
				element("time", { datetime: new Date(sent).toISOString() }, this.#dates.when(sent)),
			),
			element(
				"span",
				{ class: "hit-text", dir: "auto" },
				...pieces.map((piece) => (piece.marked ? element("mark", {}, piece.text) : piece.text)),
			),
		);
		return element("li", { class: "hit", "data-id": id }, link);
	}
}
