import { foldName } from "../model/inline.js";
import { Refusal } from "../model/refusal.js";

import { Dates } from "./dates.js";
import { Editing } from "./editing.js";
import { element, iconButton, setAttribute } from "./elements.js";
import { isPicture } from "./file.js";
import { GhostDrawer } from "./ghost.js";
import { highlight } from "./highlight.js";
import { icon, logo } from "./icons.js";
import { Leads } from "./leads.js";
import { MessageDrawer } from "./message.js";

import { MessageActions } from "./message-actions.js";

import { ReadingPlace } from "./reading-place.js";
import { RowList } from "./reconcile.js";
import { buildRows } from "./rows.js";
import { viewPictures } from "./viewer.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("../model/conversation.js").Conversation} Conversation */
/** @typedef {import("../model/protocol.js").Message} Message */
/** @typedef {import("../model/world.js").World} World */

/** History is not news: those who listen hear only what comes after it. */
const QUIET_MS = 600;
/** So many messages are in the page at most, and so many on each side of the reader stay when there are more. */
const MOST_MESSAGES = 600;
const KEEP_AROUND = 250;

/** The history of the conversation that is looked at. */
export class TimelineView {
	#world;
	#i18n;
	#actions;
	#drawer;
	#leads;
	#ghosts;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {(() => void)[]} */
	#subscriptions = [];
	#editing;
	/** @type {() => void} */
	#toComposer;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#quiet;
	#scheduled = false;
	/** Messages of people one ignores that were opened all the same. @type {Set<string>} */
	#opened = new Set();
	/** @type {RowList} */
	#list;
	/** @type {ReadingPlace} */
	#place;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Actions} actions
	 * @param {import("./emoji-picker.js").EmojiPicker} picker
	 * @param {() => void} toComposer there the reader goes on
	 */
	constructor(world, i18n, actions, picker, toComposer) {
		this.#world = world;
		this.#i18n = i18n;
		this.#actions = actions;
		this.#toComposer = toComposer;
		const dates = new Dates(i18n.locale);
		this.#ghosts = new GhostDrawer(i18n, dates, world.persons, () => this.#goOn());
		this.#editing = new Editing(i18n, actions, { changed: () => this.#render(), ended: toComposer });
		const messageActions = new MessageActions(world, i18n, actions, picker, {
			edit: (id) => this.#editing.begin(id),
			reply: (message) => this.#answer(message),
			tell: (reason) => this.#tell(reason),
		});
		this.#drawer = new MessageDrawer(i18n, dates, world.persons, messageActions, {
			go: actions.go,
			again: (id) => world.outbox.again(id),
			discard: (id) => world.outbox.remove(id),
			reading: (mentions) => this.#reading(mentions),
			me: () => world.session.me?.id,
			pictures: () => world.limits.pictures,
			view: (file) => this.#view(file),
		});
		this.older = element(
			"button",
			{ type: "button", id: "older", class: "button small quiet" },
			icon("up"),
			i18n.text("timeline.older"),
		);
		this.state = element("p", { class: "timeline-state", id: "timeline-state" });
		this.rows = element("div", { class: "rows" });
		this.log = element(
			"div",
			{ id: "timeline", role: "log", tabindex: "0", "aria-live": "off" },
			this.older,
			this.state,
			this.rows,
		);
		this.#leads = new Leads(
			i18n,
			() => this.#place,
			(key) => this.#list.node(key),
			{ goToEnd: () => this.goToEnd(), seekNew: () => this.#seekNew() },
		);
		const { above, newer } = this.#leads;
		this.element = element("div", { class: "timeline-frame" }, above.button, this.log, newer.button);
		this.#list = new RowList(
			this.rows,
			(row) => this.#draw(row),
			(node, row) => this.#refresh(node, row),
		);
		this.#place = new ReadingPlace(
			this.log,
			this.rows,
			(key) => this.#list.node(key),
			() => this.#moved(),
		);
		messageActions.watch(this.rows);
		this.older.addEventListener("click", () => this.#loadOlder(true));
		world.outbox.on("change", () => this.#schedule());
		world.persons.on("change", () => this.#schedule());
		world.session.on("me", () => this.#schedule());
		world.emoji.on("change", () => this.#schedule());
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		for (const stop of this.#subscriptions) stop();
		this.#conversation = conversation;
		this.#editing.forget();
		this.#opened.clear();
		this.#list.clear();
		this.#leads.forget();
		this.log.setAttribute("aria-label", this.#i18n.text("timeline.label", { name: conversation.title }));
		const { timeline } = conversation;
		this.#subscriptions = [
			timeline.on("change", ({ history }) => {
				if (history) this.#hush();
				this.#schedule();
			}),
			timeline.on("phase", () => this.#schedule()),
			conversation.on("lines", () => this.#schedule()),
			conversation.on("aim", () => this.#schedule()),
			conversation.reading.on("change", () => this.#schedule()),
			conversation.ghosts.on("change", () => this.#schedule()),
			conversation.draft.on("change", () => this.#schedule()),
		];
		this.#hush();
		this.#render();
		this.#place.goToEnd();
	}

	/** What the reader just wrote is what the reader wants to see. */
	async goToEnd() {
		const conversation = this.#conversation;
		if (conversation?.timeline.newer) {
			await this.#actions.loadNewest(conversation).catch((reason) => this.#tell(reason));
			if (conversation !== this.#conversation) return;
		}
		this.#render();
		this.#place.goToEnd();
	}

	/** Change the last own message. @returns {boolean} whether there is one */
	editLast() {
		const me = this.#world.session.me?.id;
		const own = this.#conversation?.timeline.messages.filter(
			({ author, deleted, seq }) => author.id === me && !deleted && seq > 0,
		);
		const last = own?.at(-1);
		if (last) this.#editing.begin(last.id);
		return Boolean(last);
	}

	/** Many changes of one moment are drawn once. */
	#schedule() {
		if (this.#scheduled) return;
		this.#scheduled = true;
		const draw = () => {
			this.#scheduled = false;
			this.#render();
		};
		// A hidden page has no frames, but it has a reader who will come back.
		if (document.hidden) setTimeout(draw, 100);
		else requestAnimationFrame(draw);
	}

	#render() {
		const conversation = this.#conversation;
		if (!conversation) return;
		const rows = this.#rows(conversation);
		this.#place.keepDuring(() => {
			this.#renderState(conversation, rows.length === 0);
			this.#list.update(rows, (row) => this.#version(row));
		});
		this.#leads.update(conversation, this.#me);
		this.#showAim(conversation);
	}

	/** The message that somebody wants to see. @param {Conversation} conversation */
	#showAim(conversation) {
		const line = conversation.aim && this.#list.node(conversation.aim);
		if (!line) return;
		conversation.aim = null;
		this.#place.leaveEnd();
		highlight(line);
	}

	get #me() {
		return this.#world.session.me?.id ?? "";
	}

	/** @param {Conversation} conversation */
	#rows({ id, timeline, lines, ghosts, draft, reading }) {
		const ready = timeline.phase === "ready";
		return buildRows({
			messages: timeline.messages,
			entries: this.#world.outbox.of(id),
			lines,
			ghosts: ready ? ghosts.all.filter(({ author }) => !this.#world.session.ignores(author.id)) : [],
			own: ready ? this.#own(draft) : null,
			placeOf: (id) => draft.placeOf(id),
			reaches: (position) => timeline.reaches(position),
			startsPage: (id) => timeline.startsPage(id),
			newFrom: reading.firstNew(timeline, this.#me),
		});
	}

	/** @param {Conversation["draft"]} draft @returns {import("./rows.js").OwnGhost | null} */
	#own(draft) {
		const author = this.#world.session.me?.id ?? "";
		const position = draft.id ? draft.placeOf(draft.id) : undefined;
		if (draft.id && position !== undefined) return { id: draft.id, position, author, text: null };
		return draft.continuable && { ...draft.continuable, author };
	}

	/** @param {Conversation} conversation @param {boolean} empty */
	#renderState({ timeline, isPrivate, title }, empty) {
		this.older.hidden = timeline.phase !== "ready" || !timeline.more;
		setAttribute(this.older, "aria-disabled", timeline.loadingOlder);
		const { phase } = timeline;
		const key = phase === "ready" ? (empty ? "empty" : null) : phase === "failed" ? "failed" : "loading";
		this.state.hidden = key === null || (key === "loading" && !empty);
		this.state.dataset.state = String(key);
		const words = key === "empty" && isPrivate ? "timeline.empty.private" : `timeline.${key}`;
		const text = key === null ? "" : this.#i18n.text(words, { name: title });
		if (this.state.textContent !== text) this.state.replaceChildren(logo(), element("span", {}, text));
	}

	/** @param {readonly string[]} mentions user ids, or "here" @returns {import("../model/inline.js").Reading} */
	#reading(mentions) {
		const { emoji, persons } = this.#world;
		const nameOf = (/** @type {string} */ id) => (id === "here" ? id : (persons.find(id)?.name ?? ""));
		return {
			emojiNamed: (name) => emoji.named(name),
			emojiOf: (emoticon) => emoji.ofEmoticon(emoticon),
			mentioned: new Map(mentions.map((id) => [foldName(nameOf(id)), id])),
		};
	}

	/** @param {Row} row */
	#version(row) {
		if (row.key === this.#editing.id) return "editing";
		const emoji = this.#world.emoji.ready ? "" : "?";
		const folded = this.#isFolded(row) ? "folded " : "";
		if (row.message) return `${folded}${row.version}${emoji} ${this.#drawer.version(row.message)}`;
		const looks = row.author ? this.#world.persons.version(row.author) : "";
		return `${row.version}${row.kind === "day" ? this.#dayText(row) : ""}${emoji} ${looks}`;
	}

	/** @param {Row} row @returns {HTMLElement} */
	#draw(row) {
		const me = this.#world.session.me;
		if (row.message && row.key === this.#editing.id) return this.#editing.draw(row.message);
		if (row.message && this.#isFolded(row)) return this.#drawer.folded(row.message, () => this.#unfold(row.key));
		if (row.message) return this.#drawer.message(row, row.message, row.message.author.id === me?.id);
		if (row.entry) return this.#drawer.entry(row, row.entry, me ?? { id: "", name: "" });
		if (row.line) return this.#privateLine(row.line);
		if (row.ghost) return this.#ghosts.ghost(row.ghost);
		if (row.own) return row.own.text === null ? this.#ghosts.own(row.key) : this.#ghosts.elsewhere(row.key);
		if (row.crowd) return this.#ghosts.crowd();
		if (row.kind === "new") return this.#divider();
		return element("h2", { class: "day" }, element("span", {}, this.#dayText(row)));
	}

	/** @param {HTMLElement} node @param {Row} row */
	#refresh(node, row) {
		if (row.message && row.key === this.#editing.id) this.#editing.hear(row.message);
		else if (row.author) {
			node.classList.toggle("begins", row.begins);
			node.classList.toggle("ends", row.ends);
			// A name that is only heard is no place to stop at.
			const name = node.querySelector(":scope > .author > [data-card]");
			name?.setAttribute("tabindex", row.begins ? "0" : "-1");
		}
		this.#ghosts.refresh(node, row);
	}

	#divider() {
		return element(
			"h2",
			{ class: "day new", id: "new-messages" },
			element("span", {}, this.#i18n.text("timeline.new")),
		);
	}

	/** What people wrote whom one ignores is one line, until it is opened. @param {Row} row */
	#isFolded({ key, message }) {
		if (!message || message.deleted) return false;
		return this.#world.session.ignores(message.author.id) && !this.#opened.has(key);
	}

	/** @param {string} key */
	#unfold(key) {
		this.#opened.add(key);
		this.#render();
		this.#list.node(key)?.querySelector("[data-card]")?.scrollIntoView({ block: "nearest" });
	}

	/** @param {Row} row */
	#dayText(row) {
		return new Dates(this.#i18n.locale).day(row.at);
	}

	/** @param {import("../model/conversation.js").PrivateLine} line */
	#privateLine({ key, text }) {
		const dismiss = iconButton(icon("close"), this.#i18n.text("line.dismiss"), { class: "icon-button" });
		dismiss.addEventListener("click", () => this.#conversation?.dismiss(key));
		const mark = element("span", { class: "line-mark" }, this.#i18n.text("line.private"));
		return element(
			"aside",
			{ class: "private-line", role: "note" },
			element("div", {}, mark, element("p", { dir: "auto" }, text)),
			dismiss,
		);
	}

	/** All pictures that are loaded, beginning with one. @param {import("../model/protocol.js").File} first */
	#view(first) {
		const files = (this.#conversation?.timeline.messages ?? []).flatMap(({ file, deleted }) =>
			file && !deleted ? [file] : [],
		);
		const pictures = files.filter((file) => isPicture(file, this.#world.limits.pictures));
		viewPictures(pictures.some(({ id }) => id === first.id) ? pictures : [first], first.id, this.#i18n);
	}

	/** @param {Message} message */
	#answer(message) {
		if (!this.#conversation) return;
		const { id, author, text } = message;
		this.#conversation.answering = { id, author, text };
		this.#toComposer();
	}

	#moved() {
		const conversation = this.#conversation;
		if (!conversation) return;
		const { timeline } = conversation;
		// What is loaded ends here, but not the history: there is no end to stay at.
		if (timeline.newer && this.#place.atEnd) this.#place.leaveEnd();
		if (timeline.newer && this.#place.nearBottom) this.#loadNewer();
		if (timeline.more && this.#place.nearTop) this.#loadOlder(false);
		if (timeline.messages.length > MOST_MESSAGES) this.#trim(timeline);
		this.#leads.update(conversation, this.#me);
	}

	/** @param {Conversation["timeline"]} timeline */
	#trim(timeline) {
		const here = this.#place.atEnd ? timeline.messages.at(-1)?.id : this.#place.message;
		// What is being changed here would be lost.
		if (here && !this.#editing.id) timeline.trim(here, KEEP_AROUND);
	}

	/** Take what another device of mine types into this composer. */
	#goOn() {
		this.#conversation?.draft.follow();
		this.#toComposer();
	}

	/** @param {boolean} asked by the reader, who wants to know why nothing comes */
	#loadOlder(asked) {
		if (!this.#conversation) return;
		this.#actions.loadOlder(this.#conversation).catch((reason) => asked && this.#tell(reason));
	}

	#seekNew() {
		if (this.#conversation) this.#actions.seekNew(this.#conversation).catch((reason) => this.#tell(reason));
	}

	#loadNewer() {
		if (this.#conversation) this.#actions.loadNewer(this.#conversation).catch(() => {});
	}

	/** @param {unknown} reason */
	#tell(reason) {
		this.#conversation?.whisper(this.#i18n.error(Refusal.from(reason)), Date.now());
	}

	#hush() {
		this.log.setAttribute("aria-live", "off");
		clearTimeout(this.#quiet);
		this.#quiet = setTimeout(() => this.log.setAttribute("aria-live", "polite"), QUIET_MS);
	}
}
