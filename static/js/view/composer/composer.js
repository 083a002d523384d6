import { codePoints } from "../../model/base/names.js";
import { commandIn, commandNamed } from "../../model/completion/command-line.js";
import { isVisible } from "../../model/text/clean.js";
import { isCommand } from "../../model/text/links.js";
import { parse, shownIn } from "../../model/text/markup.js";
import { sentForm } from "../../model/text/sent-form.js";
import { nameOf, titleOf } from "../format/person-label.js";
import { element, grow, iconButton, isComposed, isSubmitKey, setAttribute, typesWithFingers } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { AttachmentsView } from "./attachments.js";
import { CompletionView } from "./completion.js";
import { UnknownCommand } from "./unknown-command.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../../model/world.js").World} World */

/** The counter appears when this many characters are left. */
const COUNTER_FROM = 400;

/** The composer: the text field with its completions, files, reply and buttons. */
export class ComposerView {
	#world;
	#i18n;
	#callbacks;
	/** @type {Conversation | null} */
	#conversation = null;
	#unsubscribe = () => {};
	/** Whether an input method is composing where the draft of another device will be continued. */
	#continuing = false;
	#error = element("p", { class: "error", id: "composer-error", role: "alert" });
	#counter = element("span", { class: "counter", id: "composer-counter", role: "status" });
	#area;
	#send;
	/** @type {AttachmentsView} */
	#files;
	#replyTo = element("div", { class: "composer-answering", hidden: true });
	#unknown;
	/** @type {CompletionView} */
	#completion;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {{sent: () => void, editLast: () => boolean}} callbacks
	 * @param {{question: HTMLElement, choice: HTMLElement}} typing elements above and below the field
	 * @param {import("../../model/completion/completion.js").Completion} completion of the text in the field
	 * @param {import("../ui/emoji-picker.js").EmojiPicker} picker
	 */
	constructor(world, i18n, callbacks, { question, choice }, completion, picker) {
		this.#world = world;
		this.#i18n = i18n;
		this.#callbacks = callbacks;
		this.#area = element("textarea", {
			id: "composer-text",
			rows: 1,
			dir: "auto",
			enterkeyhint: typesWithFingers() ? "enter" : "send",
			"aria-label": i18n.text("composer.label"),
			"aria-describedby": "composer-error composer-counter",
		});
		this.#unknown = new UnknownCommand(i18n, {
			correct: (text) => this.#correct(text),
			// A second slash escapes the first: the text is sent as a message.
			sendAsText: (text) => {
				this.#setText(`/${text}`);
				this.#submit();
			},
		});
		this.#send = iconButton(icon("send"), i18n.text("composer.send"), { type: "submit", class: "send-button" });
		this.#files = new AttachmentsView(world, i18n, {
			changed: () => this.#refresh(),
			focusField: () => this.focus(),
		});
		this.#completion = new CompletionView(this.#area, completion, i18n);
		this.element = element(
			"form",
			{ id: "composer" },
			question,
			this.#error,
			this.#unknown.element,
			this.#completion.element,
			this.#replyTo,
			this.#files.element,
			element(
				"div",
				{ class: "composer-field" },
				this.#files.button,
				this.#area,
				this.#counter,
				this.#emojiButton(picker),
				this.#send,
			),
			choice,
		);
		this.#listen();
	}

	focus() {
		this.#area.focus();
	}

	/** Add files to the message that is being written. @param {File[]} files */
	attach(files) {
		if (this.isLocked) return;
		this.#files.add(files);
		this.focus();
	}

	/** Whether the user may not write here now. */
	get isLocked() {
		return this.element.inert;
	}

	/** The text that the user has begun is kept. @param {boolean} isLocked whether the user may not write here now */
	lock(isLocked) {
		this.element.inert = isLocked;
		this.element.classList.toggle("held", isLocked);
	}

	/** @param {Conversation} conversation */
	show(conversation) {
		this.#unsubscribe();
		this.#conversation = conversation;
		const unsubscribers = [
			conversation.draft.on("replaced", () => this.#setText(conversation.draft.text)),
			conversation.on("replyTo", () => this.#showReplyTo(conversation)),
			conversation.on("with", () => this.#showPlaceholder(conversation)),
		];
		this.#unsubscribe = () => unsubscribers.forEach((unsubscribe) => void unsubscribe());
		this.#showReplyTo(conversation);
		this.#files.render();
		this.#showPlaceholder(conversation);
		this.#setText(conversation.draft.text);
	}

	/** @param {Conversation} conversation */
	#showPlaceholder(conversation) {
		const placeholder = conversation.isDirect ? "composer.placeholder.private" : "composer.placeholder";
		this.#area.placeholder = this.#i18n.text(placeholder, { name: titleOf(conversation, this.#i18n) });
	}

	/** @param {import("../ui/emoji-picker.js").EmojiPicker} picker */
	#emojiButton(picker) {
		const button = iconButton(icon("smile"), this.#i18n.text("emoji.label"), { class: "icon-button emoji-button" });
		button.addEventListener("click", () => picker.open(button, (emoji) => this.#insert(emoji)));
		return button;
	}

	/** Insert a text at the caret. @param {string} text */
	#insert(text) {
		const { selectionStart, selectionEnd } = this.#area;
		this.#area.setRangeText(text, selectionStart, selectionEnd, "end");
		this.focus();
		this.#changed();
	}

	#listen() {
		this.#area.addEventListener("input", () => {
			this.#changed();
			this.#completion.update();
		});
		this.#area.addEventListener("keydown", (event) => this.#key(event));
		this.#area.addEventListener("beforeinput", (event) => this.#continueRemote(event));
		this.#area.addEventListener("compositionstart", () => {
			this.#continuing = this.#area.value === "" && Boolean(this.#conversation?.draft.continuable);
		});
		this.#area.addEventListener("compositionend", () => this.#continueAfterComposition());
		// The field keeps the focus, so the on-screen keyboard of a phone stays open.
		this.#send.addEventListener("pointerdown", (event) => event.preventDefault());
		this.element.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#submit();
		});
		this.#world.outbox.on("refused", (entry) => this.#restoreCommand(entry));
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isComposed(event)) return;
		if (this.#completion.key(event)) return;
		if (event.key === "Escape" && this.#conversation?.replyTo) {
			this.#conversation.replyTo = null;
		} else if (isSubmitKey(event)) {
			event.preventDefault();
			this.#submit();
		} else if (event.key === "ArrowUp" && !event.altKey && this.#area.value === "" && this.#callbacks.editLast()) {
			event.preventDefault();
		}
	}

	/** Typing in the empty field continues the draft of the user's other device. @param {InputEvent} event */
	#continueRemote({ inputType, isComposing }) {
		if (inputType.startsWith("insert") && !isComposing && !this.#continuing && this.#area.value === "") {
			this.#conversation?.draft.continueHere();
		}
	}

	/** The field must not be changed while an input method is composing, so the draft is continued afterwards. */
	#continueAfterComposition() {
		if (!this.#continuing) return;
		this.#continuing = false;
		const composed = this.#area.value;
		if (this.#conversation?.draft.continuable) this.#conversation.draft.continueHere();
		this.#setText(`${this.#conversation?.draft.text}${composed}`);
	}

	#submit() {
		const text = sentForm(this.#area.value);
		const isEmpty = !isVisible(text) && !this.#files.hasReady;
		if (isEmpty || this.#charactersLeft(text) < 0 || !this.#conversation) return this.focus();
		if (isUnknown(text, this.#world.commands)) return this.#unknown.show(text, this.#world.commands);
		const { id, draft, replyTo } = this.#conversation;
		draft.write(this.#area.value);
		const references = replyTo ? { reply_to: replyTo } : {};
		const draftId = draft.commit() ?? undefined;
		const isSentWithFiles = !isCommand(text) && this.#world.uploads.send(id, { text, id: draftId, ...references });
		if (!isSentWithFiles) this.#world.outbox.add(id, text, draftId, references);
		this.#conversation.replyTo = null;
		this.#setText("");
		this.#completion.update();
		this.focus();
		this.#callbacks.sent();
	}

	/** Put a refused command back into the field, where the user can correct it. @param {Entry} entry */
	#restoreCommand({ id, conversation, text, refused }) {
		const { outbox } = this.#world;
		if (!refused || !isCommand(text) || !outbox.isOwn(id)) return;
		if (conversation !== this.#conversation?.id || this.#area.value !== "") return;
		outbox.remove(id);
		this.#setText(text);
		if (refused.code === "unknown_command") this.#unknown.show(text, this.#world.commands);
		else this.#error.textContent = this.#i18n.error(refused);
	}

	/** @param {string} text the corrected command */
	#correct(text) {
		this.#setText(text);
		this.focus();
		this.#completion.update();
	}

	/** @param {Conversation} conversation */
	#showReplyTo(conversation) {
		const { replyTo } = conversation;
		this.#replyTo.hidden = !replyTo;
		if (!replyTo) return;
		const name = nameOf(this.#world.persons.current(replyTo.author), this.#i18n);
		const close = iconButton(icon("close"), this.#i18n.text("reply.cancel"), { class: "icon-button" });
		close.addEventListener("click", () => {
			conversation.replyTo = null;
			this.focus();
		});
		this.#replyTo.replaceChildren(
			element("span", { class: "reply-author" }, this.#i18n.text("reply.to", { name })),
			element(
				"span",
				{ class: "reply-text", dir: "auto" },
				shownIn(parse(replyTo.text)) || this.#i18n.text("reply.file"),
			),
			close,
		);
	}

	/** @param {string} text */
	#setText(text) {
		if (this.#area.value !== text) this.#area.value = text;
		this.#changed();
	}

	#changed() {
		if (!this.#continuing) this.#conversation?.draft.write(this.#area.value);
		this.#refresh();
	}

	/**
	 * Update what depends on the text and the files. Does not write the draft: the files also change during a send, when
	 * the draft has ended already.
	 */
	#refresh() {
		this.#unknown.hide();
		grow(this.#area);
		const left = this.#charactersLeft(this.#area.value);
		this.#counter.textContent = left <= COUNTER_FROM ? String(left) : "";
		this.#counter.classList.toggle("over", left < 0);
		this.#error.textContent = left < 0 ? this.#i18n.text("composer.tooLong", { count: -left }) : "";
		setAttribute(this.#area, "aria-invalid", left < 0 ? "true" : null);
		this.#send.disabled = left < 0 || (!isVisible(this.#area.value) && !this.#files.hasReady);
	}

	/** How many characters are left before the limit. @param {string} text */
	#charactersLeft(text) {
		return this.#world.limits.text - codePoints(text);
	}
}

/**
 * Whether a text calls an unknown command. False until the server has sent the list of commands.
 * @param {string} text
 * @param {readonly import("../../model/base/protocol.js").CommandHelp[]} commands
 */
function isUnknown(text, commands) {
	return commands.length > 0 && isCommand(text) && !commandNamed(commands, commandIn(text).name);
}
