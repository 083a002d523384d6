import { isComposed } from "../ui/dom.js";

/** Elements of a line that the keyboard reaches. */
const CONTROLS = "a[href], button, audio, video, [tabindex]";
/** How far an arrow key scrolls within a message that is higher than the window. */
const SCROLL_PX = 80;

/** @typedef {import("../message/message-actions.js").MessageCommand} MessageCommand */

/** @type {Record<string, MessageCommand>} */
const COMMANDS = { r: "reply", e: "edit", "+": "react", Delete: "remove", Enter: "menu" };

/**
 * The keyboard in the timeline, which is one tab stop: arrows move between the messages, letters act on the focused one,
 * and Tab leads through its links and buttons only.
 */
export class MessageKeys {
	#log;
	#rows;
	#callbacks;
	/** The key of the line that is the tab stop; "" if it is the timeline itself. */
	#active = "";

	/**
	 * @param {HTMLElement} log the timeline, which scrolls
	 * @param {HTMLElement} rows the parent of the lines
	 * @param {{run: (command: MessageCommand, id: string, line: HTMLElement) => void, leave: () => void}} callbacks
	 *   `leave` moves the focus to the composer
	 */
	constructor(log, rows, callbacks) {
		this.#log = log;
		this.#rows = rows;
		this.#callbacks = callbacks;
		log.addEventListener("keydown", (event) => this.#key(event));
		rows.addEventListener("focusin", ({ target }) => this.#activate(lineOf(target)));
	}

	/** Call this when another conversation is shown. */
	reset() {
		this.#active = "";
		this.#log.tabIndex = 0;
	}

	/** Prepare a line that was just rendered: only the active one has tab stops. @param {HTMLElement} line @param {string} key */
	prepare(line, key) {
		if (!isMessage(line)) return line;
		for (const control of controlsOf(line)) if (control.tabIndex >= 0) control.dataset.control = "";
		setStops(line, key === this.#active);
		return line;
	}

	/** Call this after lines came and went: the timeline is the tab stop again if the active line is gone. */
	update() {
		if (this.#active && !this.#line(this.#active)) this.reset();
	}

	/** @param {HTMLElement | null} line */
	#activate(line) {
		const key = line?.dataset.key ?? "";
		if (!line || key === this.#active) return;
		const previous = this.#line(this.#active);
		if (previous) setStops(previous, false);
		this.#active = key;
		this.#log.tabIndex = -1;
		setStops(line, true);
	}

	/** @param {string} key @returns {HTMLElement | undefined} */
	#line(key) {
		return key ? this.#messages.find((line) => line.dataset.key === key) : undefined;
	}

	/** @returns {HTMLElement[]} */
	get #messages() {
		return /** @type {HTMLElement[]} */ ([...this.#rows.children]).filter(isMessage);
	}

	/** @param {KeyboardEvent} event */
	#key(event) {
		if (isComposed(event) || event.ctrlKey || event.metaKey || event.altKey) return;
		const line = lineOf(event.target);
		if (event.target !== this.#log && !line) return;
		const action = this.#moveFor(event.key, line) ?? this.#commandFor(event, line);
		if (!action) return;
		event.preventDefault();
		action();
	}

	/** @param {string} key @param {HTMLElement | null} line the focused one @returns {(() => void) | null} */
	#moveFor(key, line) {
		const messages = this.#messages;
		const index = line ? messages.indexOf(line) : messages.length;
		if (key === "ArrowUp") return () => this.#step(line, messages[index - 1], -1);
		if (key === "ArrowDown") return () => this.#step(line, messages[index + 1], 1);
		if (key === "Home" && line) return () => this.#focus(messages[0]);
		if (key === "End" && line) return () => this.#focus(messages.at(-1));
		return key === "Escape" ? this.#callbacks.leave : null;
	}

	/**
	 * @param {KeyboardEvent} event
	 * @param {HTMLElement | null} line
	 * @returns {(() => void) | null}
	 */
	#commandFor({ key, target }, line) {
		// A key belongs to the button or the link that has the focus.
		const command = COMMANDS[key];
		if (!line || target !== line || !command) return null;
		return () => this.#callbacks.run(command, line.dataset.id ?? "", line);
	}

	/**
	 * Move to the next message. Below the last one is the composer. A high message is scrolled to its end first.
	 * @param {HTMLElement | null} line
	 * @param {HTMLElement | undefined} next
	 * @param {1 | -1} direction
	 */
	#step(line, next, direction) {
		if (line && this.#continuesBeyond(line, direction)) this.#log.scrollBy(0, direction * SCROLL_PX);
		else if (next) this.#focus(next);
		else if (direction > 0) this.#callbacks.leave();
	}

	/** Whether a part of a line is outside of the window on this side. @param {HTMLElement} line @param {1 | -1} direction */
	#continuesBeyond(line, direction) {
		const [inner, outer] = [line.getBoundingClientRect(), this.#log.getBoundingClientRect()];
		return direction > 0 ? inner.bottom > outer.bottom + 1 : inner.top < outer.top - 1;
	}

	/** @param {HTMLElement | undefined} line */
	#focus(line) {
		if (!line) return;
		line.focus({ preventScroll: true });
		line.scrollIntoView({ block: "nearest" });
	}
}

/** Whether a line is a message: no ghost, and not open in the editor. @param {Element} line */
const isMessage = (line) => line.matches("article.message[data-id]:not(:has(.editor))");

/** @param {EventTarget | null} target @returns {HTMLElement | null} the message that contains it */
function lineOf(target) {
	const line = target instanceof Element ? target.closest("article") : null;
	return line && isMessage(line) ? line : null;
}

/** @param {HTMLElement} line @returns {HTMLElement[]} */
const controlsOf = (line) => /** @type {HTMLElement[]} */ ([...line.querySelectorAll(CONTROLS)]);

/** @param {HTMLElement} line @param {boolean} isActive */
function setStops(line, isActive) {
	line.tabIndex = isActive ? 0 : -1;
	for (const control of controlsOf(line)) if ("control" in control.dataset) control.tabIndex = isActive ? 0 : -1;
}
