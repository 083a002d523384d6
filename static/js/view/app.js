import { labelOf } from "../model/places.js";
import { ChatView } from "./chat.js";
import { element } from "./elements.js";
import { EnterView } from "./enter.js";
import { FarewellView } from "./farewell.js";
import { logo } from "./icons.js";
import { TitleView } from "./title.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/conversation.js").Conversation} Conversation */
/** @typedef {import("../model/world.js").World} World */

/** Chooses the screen: nothing yet, entering, chatting, or good-bye. */
export class AppView {
	#root;
	#world;
	#enter;
	#farewell;
	#chat;
	#wait;
	/** @type {Conversation | null} */
	#shown = null;

	/** @param {HTMLElement} root @param {World} world @param {I18n} i18n @param {Actions} actions */
	constructor(root, world, i18n, actions) {
		this.#root = root;
		this.#world = world;
		this.#enter = new EnterView(world.session, i18n, actions);
		this.#farewell = new FarewellView(world.session, i18n);
		this.#chat = new ChatView(world, i18n, actions);
		this.#wait = element(
			"main",
			{ class: "wait-screen", "aria-busy": "true" },
			logo(),
			element("p", {}, i18n.text("wait")),
		);
		new TitleView(world, i18n);
		world.session.on("change", () => this.#render());
		world.on("current", () => this.#render());
		world.on("place", () => this.#render());
		this.#render();
	}

	#render() {
		const { session, current, place } = this.#world;
		if (session.state === "inside" && current) {
			this.#show(this.#chat.element);
			this.#open(current);
		} else if (session.state === "outside" && session.farewell?.how === "left") {
			this.#show(this.#farewell.element);
			this.#farewell.show();
		} else if (session.state === "outside") {
			this.#show(this.#enter.element);
			this.#enter.show(place ? labelOf(place) : "");
		} else {
			this.#show(this.#wait);
		}
	}

	/** Where one is already, nothing moves. @param {Conversation} conversation */
	#open(conversation) {
		if (conversation !== this.#shown) this.#chat.show(conversation);
		this.#shown = conversation;
	}

	/** @param {HTMLElement} screen */
	#show(screen) {
		if (screen.parentElement !== this.#root) this.#root.replaceChildren(screen);
	}
}
