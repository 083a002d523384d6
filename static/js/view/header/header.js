import { titleOf } from "../format/person-label.js";
import { element, iconButton } from "../ui/dom.js";
import { icon, logo } from "../ui/icons.js";
import { menuButton, openMenu } from "../ui/menu.js";
import { ConversationMenu } from "./conversation-menu.js";
import { DirectHeading } from "./direct-heading.js";
import { TopicView } from "./topic.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} HeaderCallbacks
 * @property {() => void} togglePeople
 * @property {() => void} showPeople
 * @property {() => void} search
 * @property {(reason: unknown) => void} reportError
 */

/** The header: the conversation with its menu, and who is present. */
export class HeaderView {
	#i18n;
	#topic;
	#directHeading;
	#menu;
	#menuButton;
	/** On a phone the whole heading opens the menu. */
	#titleButton;
	#name = element("h1", { id: "channel-name" });
	#count = element("span", { class: "count" });
	/** @type {Conversation | null} */
	#conversation = null;
	#unsubscribe = () => {};

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "lists" | "messages" | "moderation" | "navigation">} actions
	 * @param {HeaderCallbacks} callbacks
	 */
	constructor(world, i18n, actions, callbacks) {
		this.#i18n = i18n;
		this.#topic = new TopicView(world, i18n, actions.messages.setTopic);
		this.#directHeading = new DirectHeading(world, i18n, (name) => actions.moderation.card(name));
		this.#menu = new ConversationMenu(world, i18n, actions, {
			people: callbacks.showPeople,
			search: callbacks.search,
			topic: () => this.#topic.edit(),
			reportError: callbacks.reportError,
		});
		this.peopleButton = iconButton(icon("people"), i18n.text("people.show"), {
			class: "icon-button people-button",
			"aria-controls": "people",
			"aria-expanded": "false",
		});
		this.peopleButton.append(this.#count);
		this.peopleButton.addEventListener("click", callbacks.togglePeople);
		this.#menuButton = menuButton(i18n.text("conversation.menu"), () => this.#menuEntries());
		this.#menuButton.id = "menu";
		this.#titleButton = this.#createTitleButton();
		this.element = this.#createElement(callbacks.search);
	}

	/** @param {() => void} search */
	#createElement(search) {
		const searchButton = iconButton(icon("search"), this.#i18n.text("search.here"), {
			class: "icon-button",
			id: "search-here",
		});
		searchButton.addEventListener("click", search);
		return element(
			"header",
			{ class: "header" },
			logo(),
			this.#directHeading.avatar,
			element(
				"div",
				{ class: "heading" },
				element("div", { class: "name-line" }, this.#name),
				this.#topic.element,
				this.#directHeading.line,
				this.#titleButton,
			),
			searchButton,
			this.peopleButton,
			this.#menuButton,
		);
	}

	#createTitleButton() {
		const label = this.#i18n.text("conversation.menu");
		const button = element("button", {
			type: "button",
			class: "title-button",
			"aria-label": label,
			"aria-haspopup": "menu",
			"aria-expanded": "false",
		});
		button.addEventListener("click", () => openMenu(button, label, this.#menuEntries()));
		return button;
	}

	#menuEntries() {
		return this.#conversation ? this.#menu.items(this.#conversation, this.#menuButton) : [];
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		this.#unsubscribe();
		this.#conversation = conversation;
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
}
