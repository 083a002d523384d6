/** The parts of a screen between which F6 moves the focus. @typedef {{element: HTMLElement, focus: () => void}} Region */

/**
 * Move the focus to the next visible region, in a circle.
 * @param {readonly Region[]} regions in order
 * @param {1 | -1} step forward or back
 */
export function moveToRegion(regions, step) {
	const visible = regions.filter(({ element }) => element.checkVisibility() && !element.closest("[inert]"));
	const current = visible.findIndex(({ element }) => element.contains(document.activeElement));
	const start = current < 0 && step < 0 ? 0 : current;
	visible.at((start + step) % visible.length)?.focus();
}
