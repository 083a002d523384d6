/** Restores the keyboard focus inside a line that is rendered again. */

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** @param {Element} line */
function focusableIn(line) {
	const all = /** @type {HTMLElement[]} */ ([...line.querySelectorAll(FOCUSABLE)]);
	return all.filter((node) => node.tabIndex >= 0 && !node.matches(":disabled"));
}

/**
 * Remembers the focused element of a line by its name (`data-stop`), else by its rank.
 * @param {Element} line which contains the focus
 * @returns {(line: Element) => void} focuses that element of another line, or the nearest one
 */
export function rememberFocus(line) {
	const focused = /** @type {HTMLElement} */ (document.activeElement);
	const name = focused.dataset.stop;
	const before = focusableIn(line).filter(
		(node) => node.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING,
	);
	return (other) => {
		if (focused === line) return /** @type {HTMLElement} */ (other).focus({ preventScroll: true });
		const candidates = focusableIn(other);
		const same = name === undefined ? undefined : candidates.find((node) => node.dataset.stop === name);
		const nearest = candidates[Math.min(before.length, candidates.length - 1)];
		// Do not scroll: the element was visible, or the user has scrolled away since.
		(same ?? nearest)?.focus({ preventScroll: true });
	};
}
