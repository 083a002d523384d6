/** So far a finger goes before it means something, and so much straighter than up or down. */
const FAR_PX = 60;
const STRAIGHT = 2;

/** What somebody swipes over may scroll sideways itself. @param {EventTarget | null} target @param {Element} within */
function scrollsSideways(target, within) {
	for (let seen = target instanceof Element ? target : null; seen && seen !== within; seen = seen.parentElement) {
		if (seen.scrollWidth > seen.clientWidth + 1 && getComputedStyle(seen).overflowX !== "hidden") return true;
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
	let begin = null;
	area.addEventListener(
		"touchstart",
		({ touches, target }) => {
			const [touch] = touches;
			const isOurs = touch && touches.length === 1 && !scrollsSideways(target, area);
			begin = isOurs ? { x: touch.clientX, y: touch.clientY } : null;
		},
		{ passive: true },
	);
	area.addEventListener("touchend", ({ changedTouches: [touch] }) => {
		if (!begin || !touch) return;
		const [x, y] = [touch.clientX - begin.x, touch.clientY - begin.y];
		begin = null;
		// Who selects text moves the finger as well.
		if (Math.abs(x) < FAR_PX || Math.abs(x) < STRAIGHT * Math.abs(y) || !getSelection()?.isCollapsed) return;
		if (x > 0) toRight();
		else toLeft();
	});
}
