import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { Refusal } from "../../model/base/refusal.js";
import {
	CommandArgumentSource,
	CommandNameSource,
	CommandUsageSource,
} from "../../model/completion/command-sources.js";
import { Completion } from "../../model/completion/completion.js";
import { EmojiSource, ParticipantSource, UserSource } from "../../model/completion/sources.js";
import { CardView } from "../card/card.js";
import { ComposerView } from "../composer/composer.js";
import { FileDrop } from "../composer/file-drop.js";
import { TypingChoiceView } from "../composer/typing-choice.js";
import { TypingQuestion } from "../composer/typing-question.js";
import { WriteRestrictionView } from "../composer/write-restriction.js";
import { HeaderView } from "../header/header.js";
import { PeopleDrawer } from "../header/people-drawer.js";
import { MessageAnnouncer } from "../notifications/message-announcer.js";
import { PermissionPrompt } from "../notifications/permission-prompt.js";
import { TypingAnnouncer } from "../notifications/typing-announcer.js";
import { SearchView } from "../search/search.js";
import { AccountButton } from "../sidebar/account-button.js";
import { ChannelDirectoryView } from "../sidebar/channel-directory.js";
import { ConversationListView } from "../sidebar/conversation-list.js";
import { TimelineView } from "../timeline/timeline.js";
import { element, typesWithFingers } from "../ui/dom.js";
import { EmojiPicker } from "../ui/emoji-picker.js";
import { ConnectionBanner } from "./connection-banner.js";
import { NowhereView } from "./nowhere.js";
import { moveToRegion } from "./regions.js";
import { listenToShortcuts } from "./shortcuts.js";
import { showShortcuts } from "./shortcuts-help.js";
import { listenToSwipes } from "./swipe.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** The screen of a signed-in user: one conversation and what belongs to it. */
export class ChatScreen {
	#world;
	#list;
	#search;
	#directory;
	#nowhere;
	#header;
	#timeline;
	#composer;
	#people;
	#restriction;
	#question;
	#announcer;
	#messageAnnouncer;
	/** @type {HTMLElement[]} */
	#background;

	/** @param {World} world @param {I18n} i18n @param {Actions} actions @param {() => Promise<void>} signOut */
	constructor(world, i18n, actions, signOut) {
		this.#world = world;
		/** @param {unknown} reason */
		const reportError = (reason) => world.current?.addNotice(i18n.error(Refusal.from(reason)), Date.now());
		world.on("refused", reportError);
		/** @param {Partial<import("../../model/base/protocol.js").TypingChoices>} choices */
		const saveChoices = (choices) => actions.account.update(choices).catch(reportError);
		this.#question = new TypingQuestion(world.session, i18n, (share_typing) => {
			this.#composer.focus();
			return saveChoices({ share_typing });
		});
		const typingChoice = new TypingChoiceView(world.session, world.preferences, i18n, saveChoices);
		this.#announcer = new TypingAnnouncer(world.preferences);
		this.#messageAnnouncer = new MessageAnnouncer(world, i18n);
		const callbacks = { sent: () => this.#timeline.goToEnd(), editLast: () => this.#timeline.editLast() };
		const typing = { question: this.#question.element, choice: typingChoice.element };
		const picker = new EmojiPicker(world.emoji, world.preferences.emoji, i18n, actions.completion.loadEmojiWords);
		const completion = createCompletion(world, i18n, actions);
		this.#composer = new ComposerView(world, i18n, callbacks, typing, completion, picker);
		this.#timeline = new TimelineView(world, i18n, actions, picker, () => this.#composer.focus());
		this.#people = new PeopleDrawer(world.session, world.preferences, i18n, () => this.#togglePeople(false));
		this.#header = new HeaderView(world, i18n, actions, {
			togglePeople: () => this.#togglePeople(!this.#people.isOpen),
			search: () => {
				const { current } = world;
				actions.navigation.open({ kind: "search", query: { q: "", ...(current && { in: current.id }) } });
			},
			showPeople: () => this.#showPeople(),
			reportError,
		});
		const focusConversation = () => this.#composer.focus();
		const closeList = () => this.#list.isDrawer && this.#list.isOpen && this.#list.close();
		const account = new AccountButton(world, i18n, actions.account, {
			settings: (section) => {
				closeList();
				actions.navigation.open({ kind: "settings", section });
			},
			signOut: () => {
				closeList();
				signOut().catch(reportError);
			},
			shortcuts: () => showShortcuts(i18n),
			reportError,
		});
		const listCallbacks = { reportError, focusConversation };
		this.#list = new ConversationListView(world, i18n, actions, listCallbacks, account.element);
		this.#header.element.prepend(this.#list.button);
		const back = () => actions.navigation.openConversation(world.current?.id ?? DEFAULT_CHANNEL);
		this.#search = new SearchView(world, i18n, actions, back);
		this.#directory = new ChannelDirectoryView(i18n, actions, back);
		this.#nowhere = new NowhereView(i18n, actions, back);
		world.on("place", () => this.#showScreen());
		this.#restriction = new WriteRestrictionView(world.session, i18n, () => this.#lockComposer());
		world.on("resolving", () => this.#lockComposer());
		world.on("promoted", (role) => {
			world.current?.addNotice(i18n.text("invitation.accepted", { role: i18n.text(`role.${role}`) }), Date.now());
		});
		const card = new CardView(world, i18n, actions);
		const banner = new ConnectionBanner(world.connection, i18n);
		const main = element(
			"main",
			{ class: "conversation" },
			banner.element,
			this.#timeline.element,
			new PermissionPrompt(world, i18n, actions.account).element,
			this.#restriction.element,
			this.#composer.element,
		);
		const fileDrop = new FileDrop(
			main,
			i18n,
			(files) => this.#composer.attach(files),
			() => !this.#composer.isLocked,
		);
		main.append(fileDrop.element);
		this.element = element(
			"div",
			{ class: "chat" },
			this.#skipLink(i18n),
			this.#list.scrim,
			this.#list.element,
			this.#header.element,
			main,
			this.#search.element,
			this.#directory.element,
			this.#nowhere.element,
			this.#people.scrim,
			this.#people.element,
			this.#announcer.element,
			this.#messageAnnouncer.element,
			card.element,
		);
		card.listenTo(this.element);
		this.#background = [this.#header.element, main, this.#people.element];
		this.#listenToShortcuts(i18n);
		listenToSwipes(this.element, { toRight: () => this.#swipe(true), toLeft: () => this.#swipe(false) });
		// Another width of the window makes a column of the drawer.
		new ResizeObserver(() => this.#renderPeopleButton()).observe(this.element);
		this.#showScreen();
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		const views = [
			this.#header,
			this.#people,
			this.#timeline,
			this.#question,
			this.#composer,
			this.#announcer,
			this.#messageAnnouncer,
			this.#restriction,
		];
		for (const view of views) view.show(conversation);
		this.#opened();
	}

	/** Show the same conversation again after another screen. */
	restore() {
		this.#timeline.restore();
		this.#opened();
	}

	#opened() {
		this.#people.closeDrawer();
		// On a phone, focus would open the on-screen keyboard over the messages.
		if (!typesWithFingers() && this.#world.showsConversation) this.#composer.focus();
	}

	/** The first tab stop: it leads past the list and the messages. @param {I18n} i18n */
	#skipLink(i18n) {
		const link = element("a", { href: "#composer-text", class: "skip-link" }, i18n.text("skip"));
		link.addEventListener("click", (event) => {
			event.preventDefault(); // the address stays
			this.#composer.focus();
		});
		return link;
	}

	/** @param {I18n} i18n */
	#listenToShortcuts(i18n) {
		const regions = [this.#list, this.#timeline, this.#composer, this.#people];
		listenToShortcuts(this.element, {
			find: () => this.#list.find(),
			step: (step, unread) => this.#list.step(step, unread),
			region: (step) => moveToRegion(regions, step),
			scroll: (direction) => this.#timeline.scrollPage(direction),
			type: () => this.#typeInComposer(),
			help: () => showShortcuts(i18n),
		});
	}

	#typeInComposer() {
		if (this.#world.showsConversation && !this.#composer.isLocked) this.#composer.focus();
	}

	/** Lock the composer while the user may not write, or while the wanted conversation is being looked up. */
	#lockComposer() {
		const { isResolving } = this.#world;
		const isUnlocked = this.#composer.isLocked && !isResolving && !this.#restriction.isActive;
		this.#composer.lock(isResolving || this.#restriction.isActive);
		const isIdle = document.activeElement === document.body;
		if (isUnlocked && isIdle && this.#world.showsConversation && !typesWithFingers()) this.#composer.focus();
	}

	/** Show the overlay of the current place, if it has one. The conversation below is inert then. */
	#showScreen() {
		const place = this.#world.place;
		if (place?.kind === "search") this.#search.show(place.query);
		else this.#search.hide();
		if (place?.kind === "channels") this.#directory.show();
		else this.#directory.hide();
		if (place?.kind === "nowhere") this.#nowhere.show();
		else this.#nowhere.hide();
		const { showsConversation } = this.#world;
		const isUncovered = showsConversation && this.#background.some((part) => part.inert);
		for (const part of this.#background) part.inert = !showsConversation;
		if (isUncovered && !typesWithFingers()) this.#composer.focus();
	}

	/** A swipe closes the drawer that is open, else it opens the one of its side. @param {boolean} toRight */
	#swipe(toRight) {
		if (toRight && this.#people.isDrawer && this.#people.isOpen) this.#people.toggle(false);
		else if (!toRight && this.#list.isDrawer && this.#list.isOpen) this.#list.close();
		else if (toRight && this.#list.isDrawer) this.#list.open();
		else if (!toRight && this.#people.isDrawer && this.#header.peopleButton.checkVisibility()) this.#togglePeople(true);
	}

	/** Show the people. In a column that is open, focus the first one. */
	#showPeople() {
		if (this.#people.isDrawer || !this.#people.isOpen) this.#togglePeople(true);
		else this.#people.focus();
	}

	/** @param {boolean} open */
	#togglePeople(open) {
		if (open || this.#people.isOpen) this.#people.toggle(open);
		else this.#header.peopleButton.focus();
		this.#renderPeopleButton();
	}

	#renderPeopleButton() {
		this.#header.peopleButton.setAttribute("aria-expanded", String(this.#people.isOpen));
	}
}

/** @param {World} world @param {I18n} i18n @param {Pick<Actions, "completion" | "lists">} actions */
function createCompletion(world, i18n, actions) {
	const commands = () => world.commands;
	return new Completion([
		new ParticipantSource(() => world.current?.participants.all ?? [], { here: i18n.text("completion.here") }),
		new UserSource(actions.lists.findUsers),
		new EmojiSource(world.emoji, actions.completion.loadEmojiWords),
		new CommandNameSource(commands, (command) => i18n.command(command)),
		new CommandUsageSource(commands),
		new CommandArgumentSource(commands, (text, caret) =>
			actions.completion.complete(world.current?.id ?? "", text, caret),
		),
	]);
}
