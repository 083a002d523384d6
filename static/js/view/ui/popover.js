/** Popovers: panels that open at a button, and close on Escape or a click elsewhere. */

const GAP_PX = 4;
const LANDMARKS = "dialog, main, header, nav, aside";

/**
 * @param {HTMLElement} panel with the attribute `popover`; it is removed when it closes
 * @param {HTMLElement} button whose `aria-expanded` says whether it is open
 */
export function openPopover(panel, button) {
	const anchor = button.getBoundingClientRect();
	const closed = new AbortController();
	panel.addEventListener("toggle", (event) => {
		const open = /** @type {ToggleEvent} */ (event).newState === "open";
		button.setAttribute("aria-expanded", String(open));
		if (open) return;
		closed.abort();
		panel.remove();
	});
	// A field in the panel opens the on-screen keyboard of a phone, which takes half of the window.
	addEventListener("resize", () => place(panel, anchor), { signal: closed.signal });
	// In the landmark of the button, where screen readers expect it, and where it survives when the button's line is
	// rendered again. Below an open dialog everything else is inert.
	(button.closest(LANDMARKS) ?? document.body).append(panel);
	panel.showPopover();
	place(panel, anchor);
}

/** Position a panel below or above its button, inside the window. @param {HTMLElement} panel @param {DOMRect} anchor */
export function place(panel, anchor) {
	const { offsetWidth: width, offsetHeight: height } = panel;
	const below = anchor.bottom + GAP_PX;
	const top = below + height < innerHeight ? below : anchor.top - height - GAP_PX;
	const left = Math.max(Math.min(anchor.right - width, innerWidth - width - GAP_PX), GAP_PX);
	panel.style.setProperty("top", `${Math.max(Math.min(top, innerHeight - height - GAP_PX), GAP_PX)}px`);
	panel.style.setProperty("left", `${left}px`);
}
