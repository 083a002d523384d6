/** The shortest horizontal movement that is a swipe. */
const MIN_DISTANCE_PX = 60;
/** The least ratio of horizontal to vertical movement. */
const MIN_RATIO = 2;

/**
 * Whether the finger is on something that is not swiped away: a popover, or an element that scrolls horizontally.
 * @param {EventTarget | null} target
 * @param {Element} within
 */
function keepsSwipes(target, within) {
	if (target instanceof Element && target.closest("[popover]")) return true;
	for (let node = target instanceof Element ? target : null; node && node !== within; node = node.parentElement) {
		if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "hidden") return true;
	}
	return false;
}

/**
 * Detects horizontal swipes, which open and close the drawers.
 * @param {HTMLElement} area
 * @param {{toRight: () => void, toLeft: () => void}} callbacks
 */
export function listenToSwipes(area, { toRight, toLeft }) {
	/** @type {{x: number, y: number} | null} */
	let start = null;
	area.addEventListener(
		"touchstart",
		({ touches, target }) => {
			const [touch] = touches;
			const isSingle = touch && touches.length === 1 && !keepsSwipes(target, area);
			start = isSingle ? { x: touch.clientX, y: touch.clientY } : null;
		},
		{ passive: true },
	);
	area.addEventListener("touchend", ({ changedTouches: [touch] }) => {
		if (!start || !touch) return;
		const [x, y] = [touch.clientX - start.x, touch.clientY - start.y];
		start = null;
		// Selecting text moves the finger as well.
		if (Math.abs(x) < MIN_DISTANCE_PX || Math.abs(x) < MIN_RATIO * Math.abs(y) || !getSelection()?.isCollapsed) return;
		if (x > 0) toRight();
		else toLeft();
	});
}
