import { titleById } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/lists/routes.js").SearchQuery} SearchQuery */
/** @typedef {import("../../model/world.js").World} World */

/** @type {Record<string, string>} */
const LABELS = {
	"search-in": "search.in.label",
	"search-from": "search.from",
	"search-after": "search.after",
	"search-before": "search.before",
};

/** The search form: words, and filters for conversation, author and date. */
export class SearchForm {
	#world;
	#i18n;
	#openPlace;
	#words;
	#in;
	#from;
	#after;
	#before;
	#filters;
	#drawn = "";

	/** @param {World} world @param {I18n} i18n @param {(place: Place) => void} openPlace */
	constructor(world, i18n, openPlace) {
		this.#world = world;
		this.#i18n = i18n;
		this.#openPlace = openPlace;
		const label = i18n.text("search.words");
		const text = { autocomplete: "off", spellcheck: "false", dir: "auto" };
		this.#words = element("input", {
			...text,
			type: "search",
			id: "search-words",
			placeholder: label,
			"aria-label": label,
		});
		this.#in = element("select", { id: "search-in" });
		this.#from = element("input", { ...text, type: "text", id: "search-from", autocapitalize: "off" });
		this.#after = element("input", { type: "date", id: "search-after" });
		this.#before = element("input", { type: "date", id: "search-before" });
		this.#filters = element(
			"details",
			{ class: "search-filters" },
			element("summary", {}, i18n.text("search.filters")),
			element(
				"div",
				{},
				this.#field(this.#in),
				this.#field(this.#from),
				this.#field(this.#after),
				this.#field(this.#before),
			),
		);
		const submit = element(
			"button",
			{ class: "button", id: "search-submit" },
			icon("search"),
			i18n.text("search.submit"),
		);
		this.element = element(
			"form",
			{ class: "search-form", role: "search" },
			element("div", { class: "search-line" }, this.#words, submit),
			this.#filters,
		);
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
		for (const field of [this.#in, this.#from, this.#after, this.#before])
			field.addEventListener("change", () => this.#words.value.trim() && this.#submit());
	}

	focus() {
		this.#words.focus();
	}

	/** @param {SearchQuery} query */
	fill(query) {
		this.#renderPlaces(query.in);
		this.#words.value = query.q;
		this.#in.value = query.in ?? "";
		this.#from.value = query.from ?? "";
		this.#after.value = query.after ?? "";
		this.#before.value = query.before ?? "";
		if (query.in || query.from || query.after || query.before) this.#filters.open = true;
	}

	/** @param {HTMLInputElement | HTMLSelectElement} field */
	#field(field) {
		const label = this.#i18n.text(LABELS[field.id] ?? field.id);
		return element("label", { class: "search-field" }, element("span", {}, label), field);
	}

	/** The conversations or their names have changed. When the client starts on this screen, they are loaded later. */
	refreshPlaces() {
		const { value } = this.#in;
		this.#renderPlaces(value);
		this.#in.value = value;
	}

	/** @param {string | undefined} selected it may be missing from the user's list */
	#renderPlaces(selected) {
		const { conversationList } = this.#world;
		const ids = new Set([
			...(selected ? [selected] : []),
			...conversationList.all.map(({ conversation }) => conversation),
		]);
		const places = [...ids].map((id) => [id, titleById(id, this.#world, this.#i18n)]);
		const drawn = JSON.stringify(places);
		// An unchanged list stays as it is: the user may have opened it.
		if (drawn === this.#drawn) return;
		this.#drawn = drawn;
		const options = places.map(([id, name]) => element("option", { value: id }, name ?? ""));
		this.#in.replaceChildren(element("option", { value: "" }, this.#i18n.text("search.everywhere")), ...options);
	}

	#submit() {
		const [q, from] = [this.#words.value.trim(), this.#from.value.trim().replace(/^@/, "")];
		const values = { in: this.#in.value, from, after: this.#after.value, before: this.#before.value };
		const filters = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
		this.#openPlace({ kind: "search", query: { q, ...filters } });
	}
}
