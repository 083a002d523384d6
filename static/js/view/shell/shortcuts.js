import { isComposed } from "../ui/dom.js";

/** What these need keys for themselves. */
const FIELDS = "input, textarea, select, [contenteditable]";
const WIDGETS = "dialog, [popover], [role=menu], [role=listbox]";
/** The space bar presses these. */
const PRESSED_BY_SPACE = "button, a[href], summary, audio, video, [role=button], [tabindex]";

/**
 * @typedef {object} ShortcutCallbacks
 * @property {() => void} find opens the quick switcher
 * @property {(step: 1 | -1, unread: boolean) => void} step to another conversation, down or up in the list
 * @property {(step: 1 | -1) => void} region moves the focus to the next or the previous part of the screen
 * @property {(direction: 1 | -1) => void} scroll the timeline by a page, down or up
 * @property {() => void} type moves the focus to the composer, if it can be written in
 * @property {() => void} help shows all shortcuts
 */

/**
 * Handles the keyboard shortcuts of a screen, wherever the focus is.
 * @param {HTMLElement} screen
 * @param {ShortcutCallbacks} callbacks
 */
export function listenToShortcuts(screen, callbacks) {
	document.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || isComposed(event)) return;
		if (!screen.isConnected || document.querySelector("dialog[open]")) return;
		const action = withControl(event, callbacks) ?? withAlt(event, callbacks) ?? plain(event, callbacks);
		if (action) {
			event.preventDefault();
			action();
		} else if (isTyped(event)) callbacks.type(); // the field with the focus receives the character
	});
}

/** @param {KeyboardEvent} event @param {ShortcutCallbacks} callbacks @returns {(() => void) | null} */
function withControl({ key, ctrlKey, metaKey, altKey, shiftKey }, { find, help }) {
	if (!(ctrlKey || metaKey) || altKey) return null;
	if (key.toLowerCase() === "k" && !shiftKey) return find;
	// Where `/` is on the shifted level, Shift is needed for it.
	return key === "/" ? help : null;
}

/** @param {KeyboardEvent} event @param {ShortcutCallbacks} callbacks @returns {(() => void) | null} */
function withAlt({ key, ctrlKey, metaKey, altKey, shiftKey }, { step }) {
	if (!altKey || ctrlKey || metaKey) return null;
	if (key === "ArrowUp") return () => step(-1, shiftKey);
	return key === "ArrowDown" ? () => step(1, shiftKey) : null;
}

/** @param {KeyboardEvent} event @param {ShortcutCallbacks} callbacks @returns {(() => void) | null} */
function plain(event, { region, scroll, help }) {
	const { key, shiftKey } = event;
	if (hasModifier(event)) return null;
	if (key === "F6") return () => region(shiftKey ? -1 : 1);
	if (key === "PageUp" && scrollsTimeline(event)) return () => scroll(-1);
	if (key === "PageDown" && scrollsTimeline(event)) return () => scroll(1);
	return key === "?" && isFree(event) ? help : null;
}

/** @param {KeyboardEvent} event */
const hasModifier = ({ ctrlKey, metaKey, altKey }) => ctrlKey || metaKey || altKey;

/** Whether no field and no open menu wants the key. @param {KeyboardEvent} event */
const isFree = ({ target }) => target instanceof Element && !target.closest(`${FIELDS}, ${WIDGETS}`);

/** The composer has few lines: if all of them are visible, the page keys scroll the timeline. @param {KeyboardEvent} event */
function scrollsTimeline({ target, shiftKey }) {
	if (shiftKey) return false; // it selects text
	return target === document.body || (target instanceof Element && target.id === "composer-text" && fits(target));
}

/** @param {Element} area */
const fits = ({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight + 1;

/** Whether a key is a character that belongs into the composer. @param {KeyboardEvent} event */
function isTyped(event) {
	const { key, target } = event;
	// Some layouts type characters with AltGr, which browsers report as Ctrl and Alt.
	if ((hasModifier(event) && !event.getModifierState("AltGraph")) || Array.from(key).length !== 1) return false;
	if (!isFree(event)) return false;
	return key !== " " || (target instanceof Element && !target.closest(PRESSED_BY_SPACE));
}
