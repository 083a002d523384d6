import { ANONYMOUS } from "../../model/base/messages.js";
import { Refusal } from "../../model/base/refusal.js";
import { watchDay } from "../format/day-clock.js";
import { titleOf } from "../format/person-label.js";
import { element, setAttribute } from "../ui/dom.js";
import { icon, logo } from "../ui/icons.js";
import { KeyedList } from "../ui/keyed-list.js";
import { JumpButtons } from "./jump-buttons.js";
import { LineRenderer } from "./line-renderer.js";
import { MessageKeys } from "./message-keys.js";
import { renderWindow } from "./render-window.js";
import { buildRows, countLetters, DIVIDER } from "./rows.js";
import { highlight, ScrollAnchor } from "./scroll-anchor.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/world.js").World} World */

/** With more messages than this in the page, KEEP_AROUND of them stay on each side of the visible part. */
const MAX_MESSAGES = 600;
const KEEP_AROUND = 250;
/** How many lines are rendered within a frame on each side. */
const LINES_PER_FRAME = 10;
/** With this number of ghosts with letters, they have their lowest height. */
const MAX_COUNTED_GHOSTS = 3;
/** Page Up and Page Down scroll by this part of the window. */
const PAGE_SHARE = 0.85;

/** The timeline of the current conversation. */
export class TimelineView {
	#world;
	#i18n;
	#history;
	#jumpButtons;
	/** @type {Conversation | null} */
	#conversation = null;
	/** @type {(() => void)[]} */
	#subscriptions = [];
	/** @type {LineRenderer} */
	#lines;
	#scheduled = false;
	/** Whether the end of the history is rendered. */
	#showsEnd = true;
	/** Whether the conversation was just opened, and where to begin is not decided. */
	#isOpening = false;
	/** Whether all loaded messages are rendered. */
	#isFullyRendered = true;
	/** @type {KeyedList<import("../message/row.js").Row>} */
	#list;
	/** @type {ScrollAnchor} */
	#anchor;
	/** @type {MessageKeys} */
	#keys;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {Pick<Actions, "history" | "messages" | "navigation">} actions
	 * @param {import("../ui/emoji-picker.js").EmojiPicker} picker
	 * @param {() => void} focusComposer
	 */
	constructor(world, i18n, actions, picker, focusComposer) {
		this.#world = world;
		this.#i18n = i18n;
		this.#history = actions.history;
		this.#lines = new LineRenderer(world, i18n, actions, picker, {
			focusComposer,
			expanding: () => this.#anchor.leaveEnd(),
			changed: () => this.#render(),
			reportError: (reason) => this.#reportError(reason),
			show: (key) => this.#list.node(key)?.querySelector("[data-card]")?.scrollIntoView({ block: "nearest" }),
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
			// `MessageAnnouncer` announces new messages.
			{ id: "timeline", role: "log", tabindex: "0", "aria-live": "off" },
			this.older,
			this.state,
			this.rows,
		);
		this.#jumpButtons = new JumpButtons(
			i18n,
			() => this.#anchor,
			(key) => this.#list.node(key),
			{ goToEnd: () => this.goToEnd(), jumpToUnread: () => this.#jumpToUnread() },
		);
		const { unreadAbove, newest } = this.#jumpButtons;
		this.element = element("div", { class: "timeline-frame" }, unreadAbove.button, this.log, newest.button);
		this.#list = new KeyedList(
			this.rows,
			(row) => this.#keys.prepare(this.#lines.draw(row), row.key),
			(node, row) => this.#lines.refresh(node, row),
		);
		this.#anchor = new ScrollAnchor(
			this.log,
			this.rows,
			(key) => this.#list.node(key),
			() => this.#moved(),
		);
		this.#lines.watch(this.rows);
		this.#keys = new MessageKeys(this.log, this.rows, {
			run: (command, id, line) => this.#lines.run(command, id, line),
			leave: focusComposer,
		});
		this.older.addEventListener("click", () => this.#loadOlder(true));
		watchDay(() => this.#schedule());
		world.outbox.on("change", () => this.#schedule());
		world.persons.on("change", () => this.#schedule());
		world.session.on("me", () => this.#schedule());
		world.emoji.on("change", () => this.#schedule());
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		for (const unsubscribe of this.#subscriptions) unsubscribe();
		this.#conversation = conversation;
		this.#lines.reset();
		this.#keys.reset();
		this.#list.clear();
		this.#jumpButtons.reset();
		this.log.setAttribute("aria-label", this.#i18n.text("timeline.label", { name: titleOf(conversation, this.#i18n) }));
		const { timeline } = conversation;
		this.#subscriptions = [
			timeline.on("change", () => this.#schedule()),
			timeline.on("phase", () => this.#schedule()),
			conversation.on("notices", () => this.#schedule()),
			conversation.on("target", () => this.#schedule()),
			conversation.readState.on("change", () => this.#schedule()),
			conversation.ghosts.on("change", () => this.#schedule()),
			conversation.draft.on("change", () => this.#schedule()),
		];
		this.#isOpening = true;
		this.#render();
		this.#anchor.goToEnd();
	}

	/** Show the same conversation again after another screen. */
	restore() {
		this.#anchor.restore();
		this.#render();
	}

	/** Scroll by a part of the window, from outside of the timeline. @param {1 | -1} direction down or up */
	scrollPage(direction) {
		this.log.scrollBy(0, direction * PAGE_SHARE * this.log.clientHeight);
	}

	focus() {
		const [active] = this.log.tabIndex < 0 ? this.rows.querySelectorAll('article[tabindex="0"]') : [this.log];
		/** @type {HTMLElement | undefined} */ (active)?.focus();
	}

	/** Scroll to the newest message; load it first if it is not. */
	async goToEnd() {
		const conversation = this.#conversation;
		if (conversation?.timeline.hasNewer) {
			await this.#history.loadNewest(conversation).catch((reason) => this.#reportError(reason));
			if (conversation !== this.#conversation) return;
		}
		this.#render();
		this.#anchor.goToEnd();
	}

	/** Edit the user's last message. @returns {boolean} whether there is one */
	editLast() {
		const me = this.#world.session.me?.id;
		const ownMessages = this.#conversation?.timeline.messages.filter(
			({ author, deleted, seq }) => author.id === me && !deleted && seq > 0,
		);
		const last = ownMessages?.at(-1);
		if (last) this.#lines.edit(last.id);
		return Boolean(last);
	}

	/** Render several changes of the same moment once. */
	#schedule() {
		if (this.#scheduled) return;
		this.#scheduled = true;
		const render = () => {
			this.#scheduled = false;
			this.#render(LINES_PER_FRAME);
		};
		// A hidden page gets no animation frames.
		if (document.hidden) setTimeout(render, 100);
		else requestAnimationFrame(render);
	}

	/** @param {number} [most] new lines on each side; at the end there is no limit */
	#render(most = Number.POSITIVE_INFINITY) {
		const conversation = this.#conversation;
		if (!conversation) return;
		const all = this.#rows(conversation);
		const isRendered = (/** @type {string} */ key) => this.#list.node(key) !== undefined;
		const lines = this.#anchor.atEnd ? Number.POSITIVE_INFINITY : most;
		const { rows, above, below } = renderWindow(all, isRendered, { above: lines, below: lines }, conversation.target);
		this.#anchor.preserveDuring(() => {
			this.#renderState(conversation, rows.length === 0);
			this.#list.update(rows, (row) => this.#lines.version(row));
			this.rows.dataset.typing = String(Math.min(countLetters(rows), MAX_COUNTED_GHOSTS));
			this.#keys.update();
			this.#showsEnd = !conversation.timeline.hasNewer && below === 0;
		});
		if (this.#showsEnd) this.#anchor.reachEnd();
		this.#isFullyRendered = above + below === 0;
		if (this.#isFullyRendered) this.#jumpButtons.update(conversation, this.#me);
		else this.#schedule(); // the rest in the next frame
		this.#showTarget(conversation);
		if (this.#isOpening && this.#isFullyRendered) this.#openAtUnread(conversation);
	}

	/** A conversation opens at the first unread message, or at its end if all of them fit there. @param {Conversation} conversation */
	#openAtUnread({ timeline, readState, cursor, target }) {
		if (timeline.phase !== "ready" || readState.divider === null || cursor.isBehind) return;
		this.#isOpening = false;
		const first = readState.firstUnread(timeline, this.#me);
		const divider = this.#list.node(DIVIDER);
		if (target || first === null) return;
		if (first === "above") this.#jumpToUnread();
		else if (divider && this.#anchor.locate(divider) === "above") {
			this.#anchor.leaveEnd();
			divider.scrollIntoView({ block: "start" });
		}
	}

	/** Show the message that the user jumped to. @param {Conversation} conversation */
	#showTarget(conversation) {
		const line = conversation.target && this.#list.node(conversation.target);
		if (!line) return;
		conversation.target = null;
		this.#anchor.leaveEnd();
		highlight(line);
	}

	get #me() {
		return this.#world.session.me ?? ANONYMOUS;
	}

	/** @param {Conversation} conversation */
	#rows({ id, timeline, notices, ghosts, draft, readState }) {
		const ready = timeline.phase === "ready";
		return buildRows({
			messages: timeline.messages,
			entries: this.#world.outbox.entriesFor(id),
			notices,
			ghosts: ready ? ghosts.all.filter(({ author }) => !this.#world.session.ignores(author.id)) : [],
			own: ready ? this.#ownGhost(draft) : null,
			placeOf: (id) => draft.positionOf(id),
			reaches: (position) => timeline.covers(position),
			startsPage: (id) => timeline.startsPage(id),
			newFrom: readState.firstUnread(timeline, this.#me),
		});
	}

	/** @param {Conversation["draft"]} draft @returns {import("../message/row.js").OwnGhost | null} */
	#ownGhost(draft) {
		const author = this.#world.session.me?.id ?? "";
		const position = draft.id ? draft.positionOf(draft.id) : undefined;
		if (draft.id && position !== undefined) return { id: draft.id, position, author, text: null };
		return draft.continuable && { ...draft.continuable, author };
	}

	/** @param {Conversation} conversation @param {boolean} empty */
	#renderState({ timeline, isDirect, title }, empty) {
		this.older.hidden = timeline.phase !== "ready" || !timeline.hasOlder;
		setAttribute(this.older, "aria-disabled", timeline.loadingOlder);
		const { phase } = timeline;
		const key = phase === "ready" ? (empty ? "empty" : null) : phase === "failed" ? "failed" : "loading";
		this.state.hidden = key === null || (key === "loading" && !empty);
		this.state.dataset.state = String(key);
		const textKey = key === "empty" && isDirect ? "timeline.empty.private" : `timeline.${key}`;
		const text = key === null ? "" : this.#i18n.text(textKey, { name: title });
		if (this.state.textContent !== text) this.state.replaceChildren(logo(), element("span", {}, text));
	}

	#moved() {
		const conversation = this.#conversation;
		if (!conversation) return;
		const { timeline } = conversation;
		// The rendered lines end here, but not the history: do not follow this end.
		if (!this.#showsEnd && this.#anchor.atEnd) this.#anchor.leaveEnd();
		if (!this.#isFullyRendered) return;
		if (timeline.hasNewer && this.#anchor.nearBottom) this.#loadNewer();
		if (timeline.hasOlder && this.#anchor.nearTop) this.#loadOlder(false);
		if (timeline.messages.length > MAX_MESSAGES) this.#trim(timeline);
		this.#jumpButtons.update(conversation, this.#me);
	}

	/** @param {Conversation["timeline"]} timeline */
	#trim(timeline) {
		const visible = this.#anchor.atEnd ? timeline.messages.at(-1)?.id : this.#anchor.firstVisibleMessage;
		// Trimming could remove an open editor, with the text in it.
		if (visible && !this.#lines.isEditing) timeline.trim(visible, KEEP_AROUND);
	}

	/** @param {boolean} isRequested whether the user asked for it; then an error is shown */
	#loadOlder(isRequested) {
		if (!this.#conversation) return;
		this.#history.loadOlder(this.#conversation).catch((reason) => isRequested && this.#reportError(reason));
	}

	#jumpToUnread() {
		if (this.#conversation) this.#history.jumpToUnread(this.#conversation).catch((reason) => this.#reportError(reason));
	}

	#loadNewer() {
		if (this.#conversation) this.#history.loadNewer(this.#conversation).catch(() => {});
	}

	/** @param {unknown} reason */
	#reportError(reason) {
		this.#conversation?.addNotice(this.#i18n.error(Refusal.from(reason)), Date.now());
	}
}
