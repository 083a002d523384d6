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
 * @property {() => void} [choose] without it, the item only says something
 */

/**
 * Items with a line above them. A group with a name shows it as a heading.
 * @typedef {{group: string, items: MenuItem[]}} MenuGroup
 * @typedef {MenuItem | MenuGroup} MenuEntry
 */

/**
 * One of a few choices in a row at the top of a menu.
 * @typedef {{text: string, label: string, checked: boolean, choose: () => void}} RowItem
 * @typedef {{label: string, items: RowItem[]}} MenuRow
 */

/**
 * A button and the menu that it opens. The menu is created when it opens: a timeline has hundreds of these buttons.
 * @param {string} label
 * @param {() => MenuEntry[]} items
 * @param {import("./icons.js").IconName} [iconName]
 * @param {() => MenuRow} [row]
 */
export function menuButton(label, items, iconName = "more", row) {
	const button = iconButton(icon(iconName), label, {
		class: "icon-button",
		"aria-haspopup": "menu",
		"aria-expanded": "false",
	});
	button.addEventListener("click", () => openMenu(button, label, items(), row?.()));
	return button;
}

/**
 * @param {HTMLElement} button the menu opens at it
 * @param {string} label
 * @param {MenuEntry[]} items
 * @param {MenuRow} [row]
 */
export function openMenu(button, label, items, row) {
	const menu = element("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label });
	if (row) menu.append(menuRow(menu, row));
	menu.append(...items.map((item) => ("group" in item ? menuGroup(menu, item) : menuItem(menu, item))));
	menu.addEventListener("keydown", (event) => moveFocus(menu, event));
	openPopover(menu, button);
	/** @type {HTMLElement | null} */ (menu.querySelector("button:not([aria-disabled])"))?.focus();
}

/** @param {HTMLElement} menu @param {MenuRow} row */
function menuRow(menu, { label, items }) {
	const buttons = items.map(({ text, label, checked, choose }) => {
		const attributes = { type: "button", role: "menuitemcheckbox", "aria-checked": String(checked), tabindex: "-1" };
		const button = element("button", { ...attributes, "aria-label": label, title: label }, text);
		button.addEventListener("click", () => {
			menu.hidePopover();
			choose();
		});
		return button;
	});
	return element("div", { class: "menu-row", role: "group", "aria-label": label }, ...buttons);
}

/** @param {HTMLElement} menu @param {MenuGroup} group */
function menuGroup(menu, { group: label, items }) {
	const heading = label ? element("p", { class: "menu-heading", "aria-hidden": "true" }, label) : null;
	const buttons = items.map((item) => menuItem(menu, item));
	return element("div", { class: "menu-group", role: "group", "aria-label": label || null }, heading, ...buttons);
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
			"aria-disabled": choose ? null : "true",
			tabindex: "-1",
			id,
			class: danger ? "danger" : null,
		},
		icon(iconName),
		element("span", { class: "menu-label" }, label, hintNode),
		checked ? icon("check") : null,
	);
	button.addEventListener("click", () => {
		if (!choose) return;
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
/** @type {Record<string, (index: number, count: number) => number>} */
const ROW_STEPS = {
	ArrowRight: (index, count) => Math.min(index + 1, count - 1),
	ArrowLeft: (index) => Math.max(index - 1, 0),
};

/** Up and down move between the lines, left and right in a row. @param {HTMLElement} menu @param {KeyboardEvent} event */
function moveFocus(menu, event) {
	if (event.key === "Tab") menu.hidePopover();
	const focused = /** @type {HTMLElement} */ (document.activeElement);
	const rowStep = ROW_STEPS[event.key];
	const step = STEPS[event.key] ?? rowStep;
	if (!step) return;
	event.preventDefault();
	const items = rowStep ? rowOf(menu, focused) : linesOf(menu, focused);
	items[step(items.indexOf(focused), items.length)]?.focus();
}

/** @param {HTMLElement} menu @param {HTMLElement} focused */
const rowOf = (menu, focused) => {
	const row = focused.closest(".menu-row");
	return /** @type {HTMLElement[]} */ (row && menu.contains(row) ? [...row.children] : []);
};

/** One button of each line. @param {HTMLElement} menu @param {HTMLElement} focused */
const linesOf = (menu, focused) =>
	/** @type {HTMLElement[]} */ ([...menu.children]).flatMap((line) => {
		if (line.matches("button")) return [line];
		if (line.matches(".menu-group")) return [...line.querySelectorAll("button")];
		return [line.contains(focused) ? focused : /** @type {HTMLElement} */ (line.firstElementChild)];
	});
