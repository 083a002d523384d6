/** Builds model, controllers and views, and brings them together. The only place that knows them all. */

import { Rest } from "./controller/api/account-api.js";
import { CommandsRest } from "./controller/api/commands-api.js";
import { ConversationsRest } from "./controller/api/conversations-api.js";
import { OrderRest } from "./controller/api/moderation-api.js";
import { Myself } from "./controller/app/account-controller.js";
import { Alerter } from "./controller/app/notifier.js";
import { Router } from "./controller/app/router.js";
import { Searcher } from "./controller/app/search-controller.js";
import { Entrance } from "./controller/app/session-controller.js";
import { Http } from "./controller/net/http.js";
import { Surroundings } from "./controller/net/network-status.js";
import { Socket } from "./controller/net/socket.js";
import { DraftStore } from "./controller/storage/draft-store.js";
import { EmojiFiles } from "./controller/storage/emoji-loader.js";
import { Shelf } from "./controller/storage/local-store.js";
import { OutboxStore } from "./controller/storage/outbox-store.js";
import { WordsKeeper } from "./controller/sync/caption-keeper.js";
import { Sync } from "./controller/sync/conversation-sync.js";
import { Drafter } from "./controller/sync/draft-sync.js";
import { Inbox } from "./controller/sync/event-dispatcher.js";
import { Uploader } from "./controller/sync/file-uploader.js";
import { Leadership } from "./controller/sync/leader-election.js";
import { Lister } from "./controller/sync/list-sync.js";
import { Tabs } from "./controller/sync/outbox-channel.js";
import { Sender } from "./controller/sync/outbox-sender.js";
import { Introductions } from "./controller/sync/person-loader.js";
import { Reader } from "./controller/sync/read-tracker.js";
import { Visits } from "./controller/sync/visit-tracker.js";
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

/** @param {World} world @param {Shelf} shelf */
function buildControllers(world, shelf) {
	const http = new Http();
	const rest = new Rest(http);
	const conversations = new ConversationsRest(http);
	const commands = new CommandsRest(http);
	const socket = new Socket(world.link, socketUrl());
	const entrance = new Entrance(world, rest, socket);
	const sync = new Sync(world, socket, conversations);
	const leadership = new Leadership(navigator.locks, world.session);
	const lister = new Lister(world, socket, conversations);
	const router = new Router(world, window, (place) => lister.openPrivate(place));
	new Uploader(world.uploads);
	const inbox = new Inbox(world, socket, { sync, lister, reader: new Reader(world, socket, sync) });
	const searcher = new Searcher(world, http);
	new Visits(world, socket);
	new Alerter(world, leadership);
	const order = new OrderRest(http);
	const own = new Myself(world, rest);
	new Introductions(world.persons, rest);
	const sender = new Sender(world.outbox, socket, leadership);
	const drafts = new DraftStore(shelf);
	new Drafter(world, socket, sync, sender, drafts);
	new WordsKeeper(world, drafts);
	new Tabs(world.outbox, leadership, new BroadcastChannel("ting-outbox"), socket, (notice) => inbox.whisper(notice));
	new Surroundings(world, socket, window);
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
 * @param {ReturnType<typeof buildControllers> & {emoji: EmojiFiles}} controllers
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
	const shelf = new Shelf(() => localStorage);
	const preferences = new Preferences(shelf);
	new ThemeView(document, preferences);
	const i18n = await I18n.load(wantedLanguages(preferences));
	document.documentElement.lang = i18n.language;
	const world = new World(new Outbox(new OutboxStore(indexedDB)), preferences);
	const emoji = new EmojiFiles(world.emoji, i18n.language);
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
