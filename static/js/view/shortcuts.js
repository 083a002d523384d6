/** @typedef {import("./list.js").ListView} ListView */

/** Keys that work wherever one is. @param {HTMLElement} target @param {Pick<ListView, "find" | "step">} list */
export function listenToShortcuts(target, list) {
	target.addEventListener("keydown", (event) => {
		const does = shortcut(event, list);
		if (!does) return;
		event.preventDefault();
		does();
	});
}

/** @param {KeyboardEvent} event @param {Pick<ListView, "find" | "step">} list @returns {(() => void) | null} */
function shortcut({ key, ctrlKey, metaKey, altKey, shiftKey, isComposing }, list) {
	if (isComposing) return null;
	if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") return () => list.find();
	if (!altKey || ctrlKey || metaKey) return null;
	if (key === "ArrowUp") return () => list.step(-1, shiftKey);
	return key === "ArrowDown" ? () => list.step(1, shiftKey) : null;
}
