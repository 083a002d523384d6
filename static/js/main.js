/** Builds model, controllers and views, and brings them together. The only place that knows them all. */

import { Alerter } from "./controller/alerter.js";
import { CommandsRest } from "./controller/commands-rest.js";
import { ConversationsRest } from "./controller/conversations-rest.js";
import { DraftStore } from "./controller/draft-store.js";
import { Drafter } from "./controller/drafter.js";
import { EmojiFiles } from "./controller/emoji-files.js";
import { Entrance } from "./controller/entrance.js";
import { Http } from "./controller/http.js";
import { Inbox } from "./controller/inbox.js";
import { Introductions } from "./controller/introductions.js";
import { Leadership } from "./controller/leadership.js";
import { Lister } from "./controller/lister.js";
import { Myself } from "./controller/myself.js";
import { OrderRest } from "./controller/order-rest.js";
import { OutboxStore } from "./controller/outbox-store.js";
import { Reader } from "./controller/reader.js";
import { Rest } from "./controller/rest.js";
import { Router } from "./controller/router.js";
import { Searcher } from "./controller/searcher.js";
import { Sender } from "./controller/sender.js";
import { Shelf } from "./controller/shelf.js";
import { Socket } from "./controller/socket.js";
import { Surroundings } from "./controller/surroundings.js";
import { Sync } from "./controller/sync.js";
import { Tabs } from "./controller/tabs.js";
import { Uploader } from "./controller/uploader.js";
import { Visits } from "./controller/visits.js";
import { WordsKeeper } from "./controller/words-keeper.js";
import { Outbox } from "./model/outbox.js";
import { urlOf } from "./model/places.js";
import { Preferences } from "./model/preferences.js";
import { World } from "./model/world.js";
import { AppView } from "./view/app.js";
import { chooseLanguage, I18n } from "./view/i18n.js";
import { ThemeView } from "./view/theme.js";

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
