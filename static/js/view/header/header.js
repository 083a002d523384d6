import { titleOf } from "../format/person-label.js";
import { element, iconButton } from "../ui/dom.js";
import { icon, logo } from "../ui/icons.js";
import { menuButton } from "../ui/menu.js";
import { DirectHeading } from "./direct-heading.js";
import { TopicView } from "./topic.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** The header: the conversation, who is present, and the state of the connection. */
export class HeaderView {
	#i18n;
	#world;
	#topic;
	#directHeading;
	#name = element("h1", { id: "channel-name" });
	#connection = element("span", { id: "connection", role: "status" });
	#searchButton;
	#count = element("span", { class: "count" });
	#unsubscribe = () => {};

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "messages" | "moderation">} actions
	 * @param {{togglePeople: () => void, settings: (section: string) => void, search: () => void, signOut: () => void}}
	 *   callbacks
	 */
	constructor(world, i18n, actions, callbacks) {
		this.#i18n = i18n;
		this.#world = world;
		this.#topic = new TopicView(world, i18n, actions.messages.setTopic);
		this.#directHeading = new DirectHeading(world, i18n, (name) => actions.moderation.card(name));
		this.peopleButton = iconButton(icon("people"), i18n.text("people.show"), {
			class: "icon-button people-button",
			"aria-controls": "people",
			"aria-expanded": "false",
		});
		this.peopleButton.append(this.#count);
		this.#searchButton = iconButton(icon("search"), i18n.text("search.here"), {
			class: "icon-button",
			id: "search-here",
		});
		this.#searchButton.addEventListener("click", callbacks.search);
		this.peopleButton.addEventListener("click", callbacks.togglePeople);
		const menu = menuButton(i18n.text("menu.label"), () => this.#menuItems(callbacks));
		menu.id = "menu";
		this.element = element(
			"header",
			{ class: "header" },
			logo(),
			this.#directHeading.avatar,
			element(
				"div",
				{ class: "heading" },
				element("div", { class: "name-line" }, this.#name, this.#connection),
				this.#topic.element,
				this.#directHeading.line,
			),
			this.#searchButton,
			this.peopleButton,
			menu,
		);
		world.connection.on("change", () => this.#renderConnection());
		this.#renderConnection();
	}

	/**
	 * @param {{settings: (section: string) => void, search: () => void, signOut: () => void}} callbacks
	 * @returns {import("../ui/menu.js").MenuItem[]}
	 */
	#menuItems({ settings, search, signOut }) {
		const { name = "", has_password: hasPassword = true } = this.#world.session.me ?? {};
		const setPassword = {
			icon: "key",
			label: this.#i18n.text("menu.keep"),
			id: "keep",
			choose: () => settings("password"),
		};
		/** @type {import("../ui/menu.js").MenuItem[]} */
		const items = [
			{ icon: "settings", label: this.#i18n.text("menu.settings"), id: "settings", choose: () => settings("") },
			{ icon: "leave", label: this.#i18n.text("menu.leave", { name }), id: "leave", choose: signOut },
		];
		if (!hasPassword) items.unshift(/** @type {import("../ui/menu.js").MenuItem} */ (setPassword));
		// A narrow screen has no room for the button next to the name.
		if (!this.#searchButton.checkVisibility())
			items.unshift({ icon: "search", label: this.#i18n.text("search.here"), id: "menu-search", choose: search });
		return items;
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		this.#unsubscribe();
		this.#topic.show(conversation);
		this.#topic.element.hidden = conversation.isDirect;
		this.element.classList.toggle("private", conversation.isDirect);
		this.#directHeading.show(conversation);
		const renderName = () => {
			this.#name.textContent = titleOf(conversation, this.#i18n);
		};
		const renderCount = () => this.#renderCount(conversation);
		const unsubscribers = [conversation.participants.on("change", renderCount), conversation.on("with", renderName)];
		this.#unsubscribe = () => {
			for (const unsubscribe of unsubscribers) unsubscribe();
		};
		renderName();
		renderCount();
	}

	/** @param {Conversation} conversation */
	#renderCount({ participants }) {
		const label = this.#i18n.text("people.count", { count: participants.size });
		this.#count.textContent = String(participants.size);
		this.peopleButton.setAttribute("aria-label", label);
		this.peopleButton.title = label;
	}

	#renderConnection() {
		const { live } = this.#world.connection;
		this.#connection.dataset.state = this.#world.connection.state;
		this.#connection.replaceChildren(
			element("span", { class: "hidden" }, this.#i18n.text(live ? "link.live" : "link.notLive")),
		);
	}
}
