import { element, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { openPopover } from "./popover.js";

/**
 * @typedef {object} MenuItem
 * @property {import("./icons.js").IconName} icon
 * @property {string} label
 * @property {string} [hint] a second line, in small letters
 * @property {string} [id]
 * @property {boolean} [danger]
 * @property {boolean} [checked] for one of several choices: whether it is the current one
 * @property {() => void} choose
 */

/**
 * A button and the menu that it opens. The menu is created when it opens: a timeline has hundreds of these buttons.
 * @param {string} label
 * @param {() => MenuItem[]} items
 * @param {import("./icons.js").IconName} [iconName]
 */
export function menuButton(label, items, iconName = "more") {
	const button = iconButton(icon(iconName), label, {
		class: "icon-button",
		"aria-haspopup": "menu",
		"aria-expanded": "false",
	});
	button.addEventListener("click", () => openMenu(button, label, items()));
	return button;
}

/** @param {HTMLElement} button the menu opens index it @param {string} label @param {MenuItem[]} items */
export function openMenu(button, label, items) {
	const menu = element("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label });
	menu.append(...items.map((item) => menuItem(menu, item)));
	menu.addEventListener("keydown", (event) => moveFocus(menu, event));
	openPopover(menu, button);
	/** @type {HTMLElement | null} */ (menu.firstElementChild)?.focus();
}

/** @param {HTMLElement} menu @param {MenuItem} item */
function menuItem(menu, { icon: iconName, label, hint, id, danger, checked, choose }) {
	const hintNode = hint ? element("small", { class: "menu-hint" }, hint) : null;
	const button = element(
		"button",
		{
			type: "button",
			role: checked === undefined ? "menuitem" : "menuitemradio",
			"aria-checked": checked === undefined ? null : String(checked),
			tabindex: "-1",
			id,
			class: danger ? "danger" : null,
		},
		icon(iconName),
		element("span", { class: "menu-label" }, label, hintNode),
		checked ? icon("check") : null,
	);
	button.addEventListener("click", () => {
		menu.hidePopover();
		choose();
	});
	return button;
}

/** @type {Record<string, (index: number, count: number) => number>} */
const STEPS = {
	ArrowDown: (index, count) => (index + 1) % count,
	ArrowUp: (index, count) => (index - 1 + count) % count,
	Home: () => 0,
	End: (_at, count) => count - 1,
};

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function moveFocus(menu, event) {
	if (event.key === "Tab") menu.hidePopover();
	const step = STEPS[event.key];
	if (!step) return;
	event.preventDefault();
	const items = /** @type {HTMLElement[]} */ ([...menu.children]);
	const index = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
	items[step(index, items.length)]?.focus();
}
