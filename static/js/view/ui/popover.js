/** Popovers: panels that open at a button, and close by a click elsewhere or by Escape. */

const GAP_PX = 4;

/**
 * @param {HTMLElement} panel with the attribute `popover`; it leaves the page when it is closed
 * @param {HTMLElement} button whose `aria-expanded` says whether it is open
 */
export function openPopover(panel, button) {
	const around = button.getBoundingClientRect();
	const closed = new AbortController();
	panel.addEventListener("toggle", (event) => {
		const open = /** @type {ToggleEvent} */ (event).newState === "open";
		button.setAttribute("aria-expanded", String(open));
		if (open) return;
		closed.abort();
		panel.remove();
	});
	// The keyboard of a phone comes up with a field in it, and takes half of the window.
	addEventListener("resize", () => place(panel, around), { signal: closed.signal });
	// In the body, so that it stays when the line of the button is drawn anew; in a dialog, where the rest is inert.
	(button.closest("dialog") ?? document.body).append(panel);
	panel.showPopover();
	place(panel, around);
}

/** Below the button or above it, inside the window. @param {HTMLElement} panel @param {DOMRect} around */
export function place(panel, around) {
	const { offsetWidth: width, offsetHeight: height } = panel;
	const below = around.bottom + GAP_PX;
	const top = below + height < innerHeight ? below : around.top - height - GAP_PX;
	const left = Math.min(Math.max(around.right - width, GAP_PX), innerWidth - width - GAP_PX);
	panel.style.setProperty("top", `${Math.max(Math.min(top, innerHeight - height - GAP_PX), GAP_PX)}px`);
	panel.style.setProperty("left", `${left}px`);
}
