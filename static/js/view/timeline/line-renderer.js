import { quoteOf } from "../../model/base/messages.js";
import { fold } from "../../model/text/fold.js";
import { Dates } from "../format/dates.js";
import { Editing } from "../message/editing.js";
import { isImage } from "../message/file.js";
import { GhostRenderer } from "../message/ghost.js";
import { openImageViewer } from "../message/image-viewer.js";
import { MessageRenderer, tabIndexFor } from "../message/message.js";
import { MessageActions } from "../message/message-actions.js";
import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../message/row.js").Row} Row */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} LineCallbacks
 * @property {() => void} focusComposer
 * @property {() => void} expanding called before a line grows at its end
 * @property {() => void} changed called when lines must be rendered again
 * @property {(reason: unknown) => void} reportError shows the user why an action failed
 * @property {(key: string) => void} show scrolls to a line
 */

/** Renders every kind of row of a timeline, and tracks which ones are being edited or were unfolded. */
export class LineRenderer {
	#world;
	#i18n;
	#callbacks;
	#messages;
	#actions;
	#ghosts;
	#editing;
	#dates;
	/** Ids of messages by ignored users that the user has unfolded. @type {Set<string>} */
	#unfolded = new Set();

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "messages" | "navigation">} actions
	 * @param {import("../ui/emoji-picker.js").EmojiPicker} picker
	 * @param {LineCallbacks} callbacks
	 */
	constructor(world, i18n, actions, picker, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		const dates = new Dates(i18n.locale);
		this.#dates = dates;
		this.#ghosts = new GhostRenderer(i18n, dates, world.persons, () => this.#continueDraft());
		this.#editing = new Editing(i18n, actions.messages, { changed: callbacks.changed, ended: callbacks.focusComposer });
		this.#actions = new MessageActions(world, i18n, dates, actions, picker, {
			edit: (id) => this.edit(id),
			reply: (message) => this.#reply(message),
			reportError: callbacks.reportError,
		});
		this.#messages = new MessageRenderer(i18n, dates, world.persons, this.#actions, {
			openConversation: actions.navigation.openConversation,
			retry: (id) => world.outbox.retry(id),
			discard: (id) => world.outbox.remove(id),
			markupContext: (message) => this.#markupContext(message),
			expanding: callbacks.expanding,
			me: () => world.session.me?.id,
			imageTypes: () => world.limits.pictures,
			viewImage: (file) => this.#viewImage(file),
		});
	}

	get isEditing() {
		return this.#editing.id !== null;
	}

	/** @param {string} id of the user's own message */
	edit(id) {
		this.#editing.begin(id);
	}

	/**
	 * Run an action on a message, if the user may.
	 * @param {import("../message/message-actions.js").MessageCommand} command
	 * @param {string} id
	 * @param {HTMLElement} line of the message
	 */
	run(command, id, line) {
		const message = this.#world.current?.timeline.get(id);
		if (message && !message.deleted) this.#actions.run(command, message, line);
	}

	/** Call this when another conversation is shown. */
	reset() {
		this.#editing.reset();
		this.#unfolded.clear();
		this.#messages.reset();
	}

	/** @param {HTMLElement} rows the parent of the lines */
	watch(rows) {
		this.#actions.watch(rows);
	}

	/** @param {Row} row */
	version(row) {
		if (row.key === this.#editing.id) return "editing";
		const emoji = this.#world.emoji.ready ? "" : "?";
		const folded = this.#isFolded(row) ? "folded " : "";
		if (row.message) return `${folded}${row.version}${emoji} ${this.#messages.version(row.message)}`;
		const personVersion = row.author ? this.#world.persons.version(row.author) : "";
		return `${row.version}${row.kind === "day" ? this.#dayText(row) : ""}${emoji} ${personVersion}`;
	}

	/** @param {Row} row @returns {HTMLElement} */
	draw(row) {
		const me = this.#world.session.me;
		if (row.message && row.key === this.#editing.id) return this.#editing.draw(row.message);
		if (row.message && this.#isFolded(row)) return this.#messages.folded(row.message, () => this.#unfold(row.key));
		if (row.message) return this.#messages.message(row, row.message, row.message.author.id === me?.id);
		if (row.entry) return this.#messages.entry(row, row.entry, me ?? { id: "", name: "" });
		if (row.notice) return this.#notice(row.notice);
		if (row.ghost) return this.#ghosts.ghost(row.ghost);
		if (row.own) return row.own.text === null ? this.#ghosts.own(row.key) : this.#ghosts.elsewhere(row.key);
		if (row.crowd) return this.#ghosts.crowd();
		if (row.kind === "new") return this.#divider();
		return element("h2", { class: "day" }, element("span", {}, this.#dayText(row)));
	}

	/** @param {HTMLElement} node @param {Row} row */
	refresh(node, row) {
		if (row.message && row.key === this.#editing.id) this.#editing.update(row.message);
		else if (row.author) regroup(node, row);
		this.#ghosts.refresh(node, row);
	}

	/**
	 * @param {Pick<Message, "mentions" | "mention_ranges">} [message]
	 * @returns {import("../../model/text/inline.js").MarkupContext}
	 */
	#markupContext({ mentions = [], mention_ranges: mentionRanges } = {}) {
		const { emoji, persons } = this.#world;
		const nameOf = (/** @type {string} */ id) => (id === "here" ? id : (persons.find(id)?.name ?? ""));
		return {
			emojiNamed: (name) => emoji.byName(name),
			emojiForEmoticon: (emoticon) => emoji.byEmoticon(emoticon),
			...(mentionRanges
				? { mentionRanges }
				: { mentionedUsers: new Map(mentions.map((id) => [fold(nameOf(id)), id])) }),
		};
	}

	#divider() {
		return element(
			"h2",
			{ class: "day new", id: "new-messages" },
			element("span", {}, this.#i18n.text("timeline.new")),
		);
	}

	/** A message by an ignored user is one line until it is unfolded. @param {Pick<Row, "key" | "message">} row */
	#isFolded({ key, message }) {
		if (!message || message.deleted) return false;
		return this.#world.session.ignores(message.author.id) && !this.#unfolded.has(key);
	}

	/** @param {string} key */
	#unfold(key) {
		this.#unfolded.add(key);
		this.#callbacks.changed();
		this.#callbacks.show(key);
	}

	/** @param {Row} row */
	#dayText(row) {
		return this.#dates.day(row.at);
	}

	/** @param {import("../../model/conversation/conversation.js").LocalNotice} notice */
	#notice({ key, text }) {
		const dismiss = iconButton(icon("close"), this.#i18n.text("line.dismiss"), { class: "icon-button" });
		dismiss.addEventListener("click", () => this.#world.current?.dismiss(key));
		const mark = element("span", { class: "line-mark" }, this.#i18n.text("line.private"));
		return element(
			"aside",
			{ class: "private-line", role: "note" },
			element("div", {}, mark, element("p", { dir: "auto" }, text)),
			dismiss,
		);
	}

	/**
	 * Open the image viewer with all loaded images, at one of them.
	 * @param {import("../../model/base/protocol.js").File} first
	 */
	#viewImage(first) {
		const messages = this.#world.current?.timeline.messages ?? [];
		const shown = messages.filter((message) => !message.deleted && !this.#isFolded({ key: message.id, message }));
		const files = shown.flatMap(({ file }) => (file ? [file] : []));
		const images = files.filter((file) => isImage(file, this.#world.limits.pictures));
		openImageViewer(images.some(({ id }) => id === first.id) ? images : [first], first.id, this.#i18n);
	}

	/** @param {Message} message */
	#reply(message) {
		if (this.#world.current) this.#world.current.replyTo = quoteOf(message);
		this.#callbacks.focusComposer();
	}

	/** Continue the draft of the user's other device in this composer. */
	#continueDraft() {
		this.#world.current?.draft.continueHere();
		this.#callbacks.focusComposer();
	}
}

/**
 * Update where a group begins and ends, after a line above or below came or went.
 * @param {HTMLElement} node
 * @param {Row} row
 */
function regroup(node, { begins, ends }) {
	if (node.classList.contains("begins") === begins && node.classList.contains("ends") === ends) return;
	node.classList.toggle("begins", begins);
	node.classList.toggle("ends", ends);
	node.querySelector(":scope > .author > [data-card]")?.setAttribute("tabindex", tabIndexFor(begins));
}
