import { nameOf } from "../format/person-label.js";
import { copyWithFeedback } from "../ui/clipboard.js";
import { confirm } from "../ui/dialog.js";
import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { menuButton, openMenu } from "../ui/menu.js";
import { QuickReactions } from "./quick-reactions.js";
import { reactionsText } from "./reactions.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../ui/emoji-picker.js").EmojiPicker} EmojiPicker */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Message} Message */
/** @typedef {import("../../model/world.js").World} World */

/** @typedef {"reply" | "edit" | "react" | "remove" | "menu"} MessageCommand an action by keyboard */

/** A touch that lasts this long opens the menu. */
const LONG_PRESS_MS = 450;
/** A touch that moves this far is a scroll. */
const MAX_MOVE_PX = 10;

/** The actions on messages: a menu at each, and one bar that moves to the message under the pointer or the focus. */
export class MessageActions {
	#world;
	#i18n;
	#dates;
	#actions;
	#picker;
	#callbacks;
	#bar;
	#quick;
	/** @type {HTMLElement | null} the line that the bar is at */
	#line = null;

	/**
	 * @param {World} world
	 * @param {I18n} i18n
	 * @param {import("../format/dates.js").Dates} dates
	 * @param {Pick<Actions, "messages" | "navigation">} actions
	 * @param {EmojiPicker} picker
	 * @param {{edit: (id: string) => void, reply: (message: Message) => void,
	 *   reportError: (reason: unknown) => void}} callbacks
	 */
	constructor(world, i18n, dates, actions, picker, callbacks) {
		this.#world = world;
		this.#i18n = i18n;
		this.#dates = dates;
		this.#actions = actions;
		this.#picker = picker;
		this.#callbacks = callbacks;
		this.#quick = new QuickReactions(world, i18n, (message, emoji, on) => this.react(message, emoji, on));
		const react = iconButton(icon("smile"), i18n.text("message.react"), { class: "icon-button", tabindex: "-1" });
		const reply = iconButton(icon("reply"), i18n.text("message.reply"), { class: "icon-button", tabindex: "-1" });
		react.addEventListener("click", () => this.#withMessage((message) => this.pick(react, message)));
		reply.addEventListener("click", () => this.#withMessage(callbacks.reply));
		this.#bar = element("span", { class: "message-bar" }, this.#quick.node, react, reply);
	}

	/** The menu button of a message. @param {Message} message */
	button(message) {
		const menu = menuButton(
			this.#label(message),
			() => this.#items(message, menu),
			"more",
			() => this.#quick.row(message),
		);
		return element("span", { class: "message-actions" }, menu);
	}

	/**
	 * Run an action from the keyboard, if the user may.
	 * @param {MessageCommand} command
	 * @param {Message} message
	 * @param {HTMLElement} line
	 */
	run(command, message, line) {
		/** @type {HTMLElement | null} */
		const button = line.querySelector(":scope > .message-actions > [aria-haspopup]");
		if (!button) return;
		if (command === "menu") button.click();
		else if (command === "react") this.pick(button, message);
		else if (command === "reply") this.#callbacks.reply(message);
		else if (command === "edit" && this.#isOwn(message)) this.#callbacks.edit(message.id);
		else if (command === "remove" && this.#mayDelete(message)) this.#remove(message);
	}

	/** Let the bar follow pointer and focus, and open the menu on a long press. @param {HTMLElement} rows */
	watch(rows) {
		const follow = (/** @type {Event} */ { target }) => this.#moveBar(target);
		rows.addEventListener("pointerover", follow);
		rows.addEventListener("focusin", follow);
		rows.addEventListener("pointerdown", (event) => event.pointerType === "touch" && this.#press(event));
	}

	/** @param {HTMLElement} button @param {Message} message */
	pick(button, message) {
		this.#picker.open(button, (emoji) => this.react(message, emoji, true));
	}

	/** @param {Message} message @param {string} emoji @param {boolean} on */
	react(message, emoji, on) {
		this.#actions.messages.react(message.id, emoji, on).catch(this.#callbacks.reportError);
	}

	/** @param {EventTarget | null} target */
	#moveBar(target) {
		const line = target instanceof Element ? target.closest("article") : null;
		const container = line?.querySelector(":scope > .message-actions");
		if (!container || (line === this.#line && this.#bar.parentElement === container)) return;
		this.#line = line;
		this.#withMessage((message) => this.#quick.show(message));
		container.prepend(this.#bar);
	}

	/** @param {(message: Message) => void} action */
	#withMessage(action) {
		const message = this.#world.current?.timeline.get(this.#line?.dataset.id ?? "");
		if (message) action(message);
	}

	/** @param {PointerEvent} event */
	#press({ target, clientX, clientY }) {
		const line = target instanceof Element ? target.closest("article") : null;
		const message = this.#world.current?.timeline.get(line?.dataset.id ?? "");
		/** @type {HTMLElement | null | undefined} */
		const button = line?.querySelector(":scope > .message-actions > [aria-haspopup]");
		if (!button || !message) return;
		let isLongPress = false;
		const timer = setTimeout(() => {
			isLongPress = true;
			line?.classList.add("held");
			navigator.vibrate?.(10);
		}, LONG_PRESS_MS);
		const ended = new AbortController();
		const options = { signal: ended.signal };
		ended.signal.addEventListener("abort", () => {
			clearTimeout(timer);
			line?.classList.remove("held");
		});
		addEventListener(
			"pointerup",
			() => {
				ended.abort();
				if (!isLongPress) return;
				const items = this.#items(message, button);
				afterTouch(() => openMenu(button, this.#label(message), items, this.#quick.row(message)));
			},
			options,
		);
		addEventListener("pointercancel", () => ended.abort(), options);
		addEventListener(
			"pointermove",
			({ clientX: x, clientY: y }) => {
				if (Math.hypot(x - clientX, y - clientY) > MAX_MOVE_PX) ended.abort();
			},
			options,
		);
	}

	/** The name of the menu, which names the message. @param {Message} message */
	#label({ author, sent }) {
		const name = nameOf(this.#world.persons.current(author), this.#i18n);
		return this.#i18n.text("message.menu", { name, time: this.#dates.time(sent) });
	}

	/** @param {Message} message @param {HTMLElement} anchor @returns {import("../ui/menu.js").MenuItem[]} */
	#items(message, anchor) {
		const label = (/** @type {string} */ key) => this.#i18n.text(`message.${key}`);
		const copy = (/** @type {string} */ text) => copyWithFeedback(text, anchor, this.#i18n);
		const { persons, session } = this.#world;
		const reactions = reactionsText(message, persons, session.me?.id, this.#i18n);
		/** @type {import("../ui/menu.js").MenuItem[]} */
		const items = [
			{ icon: "reply", label: label("reply"), choose: () => this.#callbacks.reply(message) },
			{ icon: "smile", label: label("react"), hint: reactions, choose: () => this.pick(anchor, message) },
			{ icon: "link", label: label("copyLink"), choose: () => copy(this.#actions.navigation.linkTo(message)) },
		];
		if (message.text) items.push({ icon: "copy", label: label("copyText"), choose: () => copy(message.text) });
		if (this.#isOwn(message)) {
			items.push({ icon: "pencil", label: label("edit"), choose: () => this.#callbacks.edit(message.id) });
		}
		if (this.#mayDelete(message)) {
			items.push({ icon: "bin", label: label("delete"), danger: true, choose: () => this.#remove(message) });
		}
		return items;
	}

	/** @param {Message} message */
	#isOwn({ author }) {
		return author.id === this.#world.session.me?.id;
	}

	/** @param {Message} message */
	#mayDelete(message) {
		const role = this.#world.session.me?.role ?? "member";
		return this.#isOwn(message) || (role !== "member" && !this.#world.current?.isDirect);
	}

	/** @param {Message} message */
	async #remove(message) {
		const isConfirmed = await confirm({
			title: this.#i18n.text("delete.title"),
			text: this.#i18n.text("delete.text"),
			yes: this.#i18n.text("delete.yes"),
			no: this.#i18n.text("delete.no"),
		});
		if (isConfirmed) await this.#actions.messages.remove(message.id).catch(this.#callbacks.reportError);
	}
}

/**
 * Do something after a touch, whose end would close a menu. The element under the finger is not pressed.
 * @param {() => void} act
 */
function afterTouch(act) {
	const stop = (/** @type {Event} */ event) => {
		event.preventDefault();
		event.stopPropagation();
	};
	addEventListener("click", stop, { capture: true });
	setTimeout(() => {
		removeEventListener("click", stop, { capture: true });
		act();
	});
}
