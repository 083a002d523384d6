import { isComposed } from "../ui/dom.js";

/** @typedef {import("../sidebar/conversation-list.js").ConversationListView} ConversationListView */

/**
 * Handles the keyboard shortcuts of a screen, wherever the focus is.
 * @param {HTMLElement} screen
 * @param {Pick<ConversationListView, "find" | "step">} list
 */
export function listenToShortcuts(screen, list) {
	document.addEventListener("keydown", (event) => {
		if (!screen.isConnected || document.querySelector("dialog[open]")) return;
		const action = shortcut(event, list);
		if (!action) return;
		event.preventDefault();
		action();
	});
}

/**
 * @param {KeyboardEvent} event
 * @param {Pick<ConversationListView, "find" | "step">} list
 * @returns {(() => void) | null}
 */
function shortcut(event, list) {
	if (isComposed(event)) return null;
	const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
	if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") return () => list.find();
	if (!altKey || ctrlKey || metaKey) return null;
	if (key === "ArrowUp") return () => list.step(-1, shiftKey);
	return key === "ArrowDown" ? () => list.step(1, shiftKey) : null;
}
