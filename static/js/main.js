/** Builds model, controllers and views, and brings them together. The only place that knows them all. */

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

/** @param {World} world @param {LocalStore} shelf */
function buildControllers(world, shelf) {
	const http = new Http();
	const rest = new AccountApi(http);
	const conversations = new ConversationsApi(http);
	const commands = new CommandsApi(http);
	const socket = new Socket(world.link, socketUrl());
	const entrance = new SessionController(world, rest, socket);
	const sync = new ConversationSync(world, socket, conversations);
	const leadership = new LeaderElection(navigator.locks, world.session);
	const lister = new ListSync(world, socket, conversations);
	const router = new Router(world, window, (place) => lister.openPrivate(place));
	new FileUploader(world.uploads);
	const inbox = new EventDispatcher(world, socket, { sync, lister, reader: new ReadTracker(world, socket, sync) });
	const searcher = new SearchController(world, http);
	new VisitTracker(world, socket);
	new Notifier(world, leadership);
	const order = new ModerationApi(http);
	const own = new AccountController(world, rest);
	new PersonLoader(world.persons, rest);
	const sender = new OutboxSender(world.outbox, socket, leadership);
	const drafts = new DraftStore(shelf);
	new DraftSync(world, socket, sync, sender, drafts);
	new CaptionKeeper(world, drafts);
	new OutboxChannel(world.outbox, leadership, new BroadcastChannel("ting-outbox"), socket, (notice) =>
		inbox.whisper(notice),
	);
	new NetworkStatus(world, socket, window);
	return {
		world,
		own,
		order,
		rest,
		commands,
		conversations,
		lister,
		searcher,
		socket,
		entrance,
		sync,
		router,
	};
}

/**
 * @param {ReturnType<typeof buildControllers> & {emoji: EmojiLoader}} controllers
 * @returns {import("./view/actions.js").Actions}
 */
function buildActions({
	world,
	own,
	order,
	rest,
	commands,
	conversations,
	lister,
	searcher,
	socket,
	entrance,
	sync,
	router,
	emoji,
}) {
	return {
		enter: (name, password, create) => entrance.enter(name, password, create),
		leave: () => entrance.leave(),
		own,
		order,
		go: (conversation, message) => router.go(world.placeOf(conversation, message)),
		visit: (place) => router.go(place),
		setTopic: async (channel, topic) => void (await conversations.setTopic(channel, topic)),
		edit: (id, text, seq) => socket.request({ type: "edit", id, text, seq }),
		remove: (id) => socket.request({ type: "delete", id }),
		react: (id, emoji, on) => socket.request({ type: "react", id, emoji, on }),
		linkTo: ({ conversation, id }) => new URL(urlOf(world.placeOf(conversation, id)), location.href).href,
		findPeople: (prefix) => rest.findPeople(prefix),
		emojiWords: () => emoji.words(),
		complete: (conversation, text, caret) => commands.complete(conversation, text, caret),
		plugins: commands,
		arrange: (conversation, change) => lister.change(conversation, change),
		unlist: (conversation) => lister.leave(conversation),
		channels: (prefix) => conversations.channels(prefix),
		searchMore: () => searcher.more(),
		loadOlder: (conversation) => sync.loadOlder(conversation),
		loadNewer: (conversation) => sync.loadNewer(conversation),
		loadNewest: (conversation) => sync.loadNewest(conversation),
		seekNew: (conversation) => sync.seekNew(conversation),
	};
}

/** The one that was chosen, in the way of this browser's country, before those of the browser. @param {Preferences} preferences */
function wantedLanguages({ language }) {
	const wanted = [...navigator.languages];
	return language ? [...wanted.filter((each) => each.startsWith(language)), language, ...wanted] : wanted;
}

async function start() {
	const shelf = new LocalStore(() => localStorage);
	const preferences = new Preferences(shelf);
	new ThemeView(document, preferences);
	const i18n = await I18n.load(wantedLanguages(preferences));
	document.documentElement.lang = i18n.language;
	const world = new World(new Outbox(new OutboxStore(indexedDB)), preferences);
	const emoji = new EmojiLoader(world.emoji, i18n.language);
	emoji.start();
	const controllers = { ...buildControllers(world, shelf), emoji };
	preferences.on("change", () => {
		// The whole page speaks one language. What cannot be remembered would be asked for again and again.
		const { language } = chooseLanguage(wantedLanguages(preferences));
		if (language !== i18n.language && preferences.lasts) controllers.router.reload();
	});
	new AppView(document.body, world, i18n, buildActions(controllers));
	controllers.router.start();
	await controllers.entrance.start();
}

start();
