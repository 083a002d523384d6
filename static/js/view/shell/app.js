import { labelOf } from "../../model/lists/routes.js";
import { DesktopNotifications } from "../notifications/desktop-notifications.js";
import { FaviconView } from "../notifications/favicon.js";
import { Sound } from "../notifications/sound.js";
import { TitleView } from "../notifications/title.js";
import { SettingsView } from "../settings/page.js";
import { BannedView } from "../sign-in/banned.js";
import { FarewellView } from "../sign-in/farewell.js";
import { SignInView } from "../sign-in/sign-in.js";
import { createSignOut } from "../sign-in/sign-out.js";
import { element } from "../ui/dom.js";
import { logo } from "../ui/icons.js";
import { ChatScreen } from "./chat-screen.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** Chooses the screen: waiting, sign-in, chat, settings, farewell or ban. */
export class AppView {
	#root;
	#world;
	#signIn;
	#farewell;
	#banned;
	#chat;
	#settings;
	#waitScreen;
	/** @type {Conversation | null} */
	#shown = null;

	/** @param {HTMLElement} root @param {World} world @param {I18n} i18n @param {Actions} actions */
	constructor(root, world, i18n, actions) {
		this.#root = root;
		this.#world = world;
		this.#signIn = new SignInView(world, i18n, actions);
		this.#farewell = new FarewellView(world.session, i18n);
		this.#banned = new BannedView(world.session, i18n);
		const signOut = createSignOut(world.session, i18n, actions);
		this.#chat = new ChatScreen(world, i18n, actions, signOut);
		this.#settings = new SettingsView(world, i18n, actions, signOut);
		this.#waitScreen = element(
			"main",
			{ class: "wait-screen", "aria-busy": "true" },
			logo(),
			element("h1", { class: "hidden" }, "Ting"),
			element("p", {}, i18n.text("wait")),
		);
		new TitleView(world, i18n);
		new DesktopNotifications(world, i18n, actions.navigation);
		new Sound(world.notifications, document);
		const icon = document.querySelector("link[rel=icon]");
		if (icon instanceof HTMLLinkElement) new FaviconView(world, icon);
		world.session.on("change", () => this.#render());
		world.on("current", () => this.#render());
		world.on("place", () => this.#render());
		this.#render();
	}

	#render() {
		const { session, current, place } = this.#world;
		if (session.state === "signedIn" && place?.kind === "settings") {
			this.#settings.show(place, this.#show(this.#settings.element));
		} else if (session.state === "signedIn" && current) {
			this.#open(current, this.#show(this.#chat.element));
		} else if (session.farewell?.how === "left" || session.farewell?.how === "deleted") {
			this.#show(this.#farewell.element);
			this.#farewell.show();
		} else if (session.farewell?.how === "banned") {
			this.#show(this.#banned.element);
			this.#banned.show();
		} else if (session.state === "signedOut") {
			this.#show(this.#signIn.element);
			this.#signIn.show(place ? labelOf(place) : "");
		} else {
			this.#show(this.#waitScreen);
		}
	}

	/**
	 * A conversation that is shown already keeps its scroll position.
	 * @param {Conversation} conversation
	 * @param {boolean} isNew
	 */
	#open(conversation, isNew) {
		if (conversation !== this.#shown) this.#chat.show(conversation);
		else if (isNew) this.#chat.restore();
		this.#shown = conversation;
	}

	/** @param {HTMLElement} screen @returns {boolean} whether another screen was shown before */
	#show(screen) {
		const isNew = screen.parentElement !== this.#root;
		if (isNew) this.#root.replaceChildren(screen);
		return isNew;
	}
}
