/** Creates elements. A string only ever becomes text, never markup. */

/** @typedef {string | number | boolean | null | undefined} Value */
/**
 * The part of `I18n` that this folder needs.
 * @typedef {{text: (key: string, values?: Record<string, string | number>) => string}} Translator
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Value>} [attributes] true sets an empty value; false, null and undefined set no attribute
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	node.append(...children.filter((child) => child !== null));
	// After the children: with `dir=auto`, the browser would look at all of them again for each one that is added.
	for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
	return node;
}

/** @param {Element} target @param {string} name @param {Value} value */
export function setAttribute(target, name, value) {
	if (value === false || value === null || value === undefined) target.removeAttribute(name);
	else target.setAttribute(name, value === true ? "" : String(value));
}

/** Set a text only if it differs, which saves a layout. @param {Element} target @param {string} text */
export function setText(target, text) {
	if (target.textContent !== text) target.textContent = text;
}

/**
 * A button that shows an icon.
 * @param {SVGElement} icon
 * @param {string} label
 * @param {Record<string, Value>} [attributes]
 */
export function iconButton(icon, label, attributes = {}) {
	return element("button", { type: "button", "aria-label": label, title: label, ...attributes }, icon);
}

/** Whether the device has an on-screen keyboard. It has no Shift+Enter, so there Enter breaks the line. */
export const typesWithFingers = () => matchMedia("(pointer: coarse)").matches;

/** The `keyCode` of a key that an input method handles. */
const COMPOSITION_KEY = 229;

/**
 * Whether a key belongs to an input method that is composing. Safari sends the key that ends a composition after its
 * end event: then only `keyCode` shows it.
 * @param {Pick<KeyboardEvent, "isComposing" | "keyCode">} event
 */
export const isComposed = ({ isComposing, keyCode }) => isComposing || keyCode === COMPOSITION_KEY;

/** Whether a key submits a field: Enter without Shift, and not during a composition. @param {KeyboardEvent} event */
export function isSubmitKey(event) {
	if (event.key !== "Enter" || event.shiftKey || isComposed(event)) return false;
	return event.ctrlKey || event.metaKey || !typesWithFingers();
}

/**
 * Whether the focus is in an element or nowhere, so that moving it does not interrupt the user.
 * @param {Element} parent
 */
export function holdsFocus(parent) {
	return document.activeElement === document.body || parent.contains(document.activeElement);
}

/** Make a text area as high as its text. The style sheet limits the height. @param {HTMLTextAreaElement} area */
export function grow(area) {
	area.style.setProperty("height", "auto");
	const border = area.offsetHeight - area.clientHeight;
	area.style.setProperty("height", `${area.scrollHeight + border}px`);
}
