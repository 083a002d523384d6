/** Restores the keyboard focus inside a line that is rendered anew. */

const STOPS = "a[href], button, input, select, textarea, [tabindex]";

/** @param {Element} line */
function stopsIn(line) {
	const all = /** @type {HTMLElement[]} */ ([...line.querySelectorAll(STOPS)]);
	return all.filter((stop) => stop.tabIndex >= 0 && !stop.matches(":disabled"));
}

/**
 * Which stop of a line has the focus: by its name (`data-stop`) or else by its rank.
 * @param {Element} line the focus is in it
 * @returns {(line: Element) => void} gives the focus to that stop of another line, or to the nearest one
 */
export function rememberFocus(line) {
	const focused = /** @type {HTMLElement} */ (document.activeElement);
	const name = focused.dataset.stop;
	const before = stopsIn(line).filter(
		(stop) => stop.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING,
	);
	return (other) => {
		const stops = stopsIn(other);
		const same = name === undefined ? undefined : stops.find((stop) => stop.dataset.stop === name);
		const nearest = stops[Math.min(before.length, stops.length - 1)];
		// It was in sight, or the reader is elsewhere by now: nothing scrolls.
		(same ?? nearest)?.focus({ preventScroll: true });
	};
}
