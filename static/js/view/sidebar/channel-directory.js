import { Refusal } from "../../model/base/refusal.js";
import { Dates } from "../format/dates.js";
import { element } from "../ui/dom.js";
import { overlay } from "../ui/overlay.js";
import { routeLink } from "../ui/route-link.js";
import { channelIcon } from "./list-entry.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Channel} Channel */

/** Pause in typing before the server is asked. */
const PAUSE_MS = 150;

/** The directory of all channels, sorted by their newest activity. */
export class ChannelDirectoryView {
	#i18n;
	#actions;
	#dates;
	/** The number of the last request: answers to earlier ones are ignored. */
	#lastRequest = 0;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#input;
	#state = element("p", { class: "screen-state", role: "status" });
	#list = element("ul", { class: "directory" });

	/** @param {I18n} i18n @param {Pick<Actions, "lists" | "navigation">} actions @param {() => void} back */
	constructor(i18n, actions, back) {
		this.#i18n = i18n;
		this.#actions = actions;
		this.#dates = new Dates(i18n.locale);
		this.#input = element("input", {
			id: "directory-filter",
			type: "search",
			autocomplete: "off",
			autocapitalize: "off",
			spellcheck: "false",
			placeholder: i18n.text("directory.filter"),
			"aria-label": i18n.text("directory.filter"),
		});
		this.#input.addEventListener("input", () => {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#load(), PAUSE_MS);
		});
		const labels = { id: "channels", title: i18n.text("title.channels"), back: i18n.text("screen.back") };
		this.element = overlay(labels, back, this.#input, this.#state, this.#list);
	}

	show() {
		this.element.hidden = false;
		this.#input.focus();
		this.#load();
	}

	hide() {
		this.element.hidden = true;
	}

	async #load() {
		this.#lastRequest += 1;
		const request = this.#lastRequest;
		if (!this.#list.firstChild) this.#state.textContent = this.#i18n.text("wait");
		try {
			const channels = await this.#actions.lists.channels(this.#input.value.trim().replace(/^#/, ""));
			if (request === this.#lastRequest) this.#render(channels);
		} catch (reason) {
			if (request === this.#lastRequest) this.#state.textContent = this.#i18n.error(Refusal.from(reason));
		}
	}

	/** @param {Channel[]} channels */
	#render(channels) {
		this.#state.textContent = channels.length > 0 ? "" : this.#i18n.text("directory.none");
		this.#list.replaceChildren(...channels.map((channel) => this.#channel(channel)));
	}

	/** @param {Channel} channel */
	#channel({ conversation: id, topic, people = 0, active }) {
		const when = active ? this.#i18n.text("directory.active", { ago: this.#dates.ago(active) }) : null;
		const link = routeLink(
			() => ({ kind: "channel", id }),
			this.#actions.navigation.open,
			{ class: "directory-link" },
			channelIcon(),
			element(
				"span",
				{ class: "entry-text" },
				element("bdi", { class: "entry-name" }, id.slice(1)),
				topic ? element("span", { class: "entry-line", dir: "auto" }, topic) : null,
			),
			element(
				"span",
				{ class: "directory-activity" },
				people > 0 ? element("span", {}, this.#i18n.text("people.count", { count: people })) : null,
				when && element("span", {}, when),
			),
		);
		return element("li", { "data-conversation": id }, link);
	}
}
