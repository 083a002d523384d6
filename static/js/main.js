/** Builds the model, the controllers and the views, and connects them. The only module that imports all three. */

import { AccountApi } from "./controller/api/account-api.js";
import { CommandsApi } from "./controller/api/commands-api.js";
import { ConversationsApi } from "./controller/api/conversations-api.js";
import { ModerationApi } from "./controller/api/moderation-api.js";
import { AccountController } from "./controller/app/account-controller.js";
import { Notifier } from "./controller/app/notifier.js";
import { Router } from "./controller/app/router.js";
import { SearchController } from "./controller/app/search-controller.js";
import { SessionController } from "./controller/app/session-controller.js";
import { Http } from "./controller/net/http.js";
import { NetworkStatus } from "./controller/net/network-status.js";
import { Socket } from "./controller/net/socket.js";
import { CommonPasswords } from "./controller/storage/common-passwords.js";
import { DraftStore } from "./controller/storage/draft-store.js";
import { EmojiLoader } from "./controller/storage/emoji-loader.js";
import { LocalStore } from "./controller/storage/local-store.js";
import { OutboxStore } from "./controller/storage/outbox-store.js";
import { CaptionKeeper } from "./controller/sync/caption-keeper.js";
import { ConversationSync } from "./controller/sync/conversation-sync.js";
import { DraftSync } from "./controller/sync/draft-sync.js";
import { EventDispatcher } from "./controller/sync/event-dispatcher.js";
import { FileUploader } from "./controller/sync/file-uploader.js";
import { LeaderElection } from "./controller/sync/leader-election.js";
import { ListSync } from "./controller/sync/list-sync.js";
import { OutboxChannel } from "./controller/sync/outbox-channel.js";
import { OutboxSender } from "./controller/sync/outbox-sender.js";
import { PersonLoader } from "./controller/sync/person-loader.js";
import { ReadTracker } from "./controller/sync/read-tracker.js";
import { VisitTracker } from "./controller/sync/visit-tracker.js";
import { Outbox } from "./model/conversation/outbox.js";
import { urlOf } from "./model/lists/routes.js";
import { Preferences } from "./model/session/preferences.js";
import { World } from "./model/world.js";
import { chooseLanguage, I18n } from "./view/format/i18n.js";
import { AppView } from "./view/shell/app.js";
import { ThemeView } from "./view/shell/theme.js";

function socketUrl() {
	const url = new URL("/api/socket", location.href);
	url.protocol = url.protocol.replace("http", "ws");
	return url.href;
}

/** @param {World} world @param {LocalStore} localStore */
function buildControllers(world, localStore) {
	const http = new Http();
	const accountApi = new AccountApi(http);
	const conversationsApi = new ConversationsApi(http);
	const socket = new Socket(world.connection, socketUrl());
	const session = new SessionController(world, accountApi, socket);
	const conversationSync = new ConversationSync(world, socket, conversationsApi);
	const election = new LeaderElection(navigator.locks, world.session);
	const listSync = new ListSync(world, socket, conversationsApi);
	const router = new Router(world, window, (place) => listSync.openDirect(place));
	conversationSync.on("unknown", ({ id, refusal }) => router.conversationUnknown(id, refusal));
	new FileUploader(world.uploads);
	const readTracker = new ReadTracker(world, socket, conversationSync);
	const events = new EventDispatcher(world, socket, { conversationSync, listSync, readTracker });
	const search = new SearchController(world, http);
	new VisitTracker(world, socket);
	new Notifier(world, election);
	const account = new AccountController(world, accountApi);
	new CommonPasswords(world.passwordRules);
	new PersonLoader(world.persons, accountApi);
	const outboxSender = new OutboxSender(world.outbox, socket, election);
	const drafts = new DraftStore(localStore);
	new DraftSync(world, socket, conversationSync, outboxSender, drafts);
	new CaptionKeeper(world, drafts);
	const channel = new BroadcastChannel("ting-outbox");
	new OutboxChannel(world.outbox, election, channel, socket, (notice) => events.showNotice(notice));
	new NetworkStatus(world, socket, window);
	const [moderation, commandsApi] = [new ModerationApi(http), new CommandsApi(http)];
	return {
		account,
		accountApi,
		commandsApi,
		conversationsApi,
		conversationSync,
		listSync,
		moderation,
		router,
		search,
		session,
		socket,
	};
}

/**
 * @param {World} world
 * @param {ReturnType<typeof buildControllers>} controllers
 * @param {EmojiLoader} emoji
 * @returns {import("./view/actions.js").Actions}
 */
function buildActions(world, controllers, emoji) {
	const { account, accountApi, commandsApi, conversationsApi, listSync, router, search, session, socket } = controllers;
	return {
		session,
		account,
		search,
		moderation: controllers.moderation,
		history: controllers.conversationSync,
		plugins: commandsApi,
		lists: {
			update: (conversation, change) => listSync.update(conversation, change),
			unlist: (conversation) => listSync.unlist(conversation),
			channels: (prefix) => conversationsApi.channels(prefix),
			findUsers: (prefix) => accountApi.findUsers(prefix),
		},
		messages: {
			edit: (id, text, seq) => socket.request({ type: "edit", id, text, seq }),
			remove: (id) => socket.request({ type: "delete", id }),
			react: (id, emoji, on) => socket.request({ type: "react", id, emoji, on }),
			setTopic: async (channel, topic) => void (await conversationsApi.setTopic(channel, topic)),
		},
		navigation: {
			open: (place) => router.open(place),
			openConversation: (conversation, message) => router.open(world.placeFor(conversation, message)),
			linkTo: ({ conversation, id }) => new URL(urlOf(world.placeFor(conversation, id)), location.href).href,
		},
		completion: {
			complete: (conversation, text, caret) => commandsApi.complete(conversation, text, caret),
			loadEmojiWords: () => emoji.loadWords(),
		},
	};
}

/**
 * The languages in order of preference: the chosen one, first with the browser's regions, then those of the browser.
 * @param {Preferences} preferences
 */
function wantedLanguages({ language }) {
	const wanted = [...navigator.languages];
	return language ? [...wanted.filter((tag) => tag.startsWith(language)), language, ...wanted] : wanted;
}

async function start() {
	const localStore = new LocalStore(() => localStorage);
	const preferences = new Preferences(localStore);
	new ThemeView(document, preferences);
	const i18n = await I18n.load(wantedLanguages(preferences));
	document.documentElement.lang = i18n.language;
	const world = new World(new Outbox(new OutboxStore(indexedDB)), preferences);
	world.passwordRules.host = location.hostname;
	const emoji = new EmojiLoader(world.emoji, i18n.language);
	emoji.loadTable();
	const controllers = buildControllers(world, localStore);
	preferences.on("change", () => {
		// Texts are rendered once, so another language needs a reload. If the choice cannot be stored, the page would
		// reload forever.
		const { language } = chooseLanguage(wantedLanguages(preferences));
		if (language !== i18n.language && preferences.isPersistent) controllers.router.reload();
	});
	new AppView(document.body, world, i18n, buildActions(world, controllers, emoji));
	controllers.router.start();
	await controllers.session.start();
}

start();
