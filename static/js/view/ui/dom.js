/** Creates elements. A string only ever becomes text, never markup. */

/** @typedef {string | number | boolean | null | undefined} Value */
/** What this folder needs of `I18n`. @typedef {{text: (key: string, values?: Record<string, string | number>) => string}} Translator */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Value>} [attributes] true stands for an empty value; false, null and undefined for no attribute
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
	made.append(...children.filter((child) => child !== null));
	return made;
}

/** @param {Element} target @param {string} name @param {Value} value */
export function setAttribute(target, name, value) {
	if (value === false || value === null || value === undefined) target.removeAttribute(name);
	else target.setAttribute(name, value === true ? "" : String(value));
}

/** Only if it is another text: what stays as it is need not be laid out anew. @param {Element} target @param {string} text */
export function setText(target, text) {
	if (target.textContent !== text) target.textContent = text;
}

/**
 * A button that is a picture.
 * @param {SVGElement} picture
 * @param {string} label
 * @param {Record<string, Value>} [attributes]
 */
export function iconButton(picture, label, attributes = {}) {
	return element("button", { type: "button", "aria-label": label, title: label, ...attributes }, picture);
}

/** Where fingers type there is no Shift with Enter: there Enter breaks the line, and a button sends. */
export const typesWithFingers = () => matchMedia("(pointer: coarse)").matches;

/** What browsers call a key that an input method has taken. */
const TAKEN_KEY = 229;

/**
 * Whether a key belongs to an input method that composes a word. Safari tells of the key that ends a word after
 * its end: then only the code says so.
 * @param {Pick<KeyboardEvent, "isComposing" | "keyCode">} event
 */
export const isComposed = ({ isComposing, keyCode }) => isComposing || keyCode === TAKEN_KEY;

/** Whether Enter in a field means "done": not with Shift, not while a word is composed. @param {KeyboardEvent} event */
export function isSubmitKey(event) {
	if (event.key !== "Enter" || event.shiftKey || isComposed(event)) return false;
	return event.ctrlKey || event.metaKey || !typesWithFingers();
}

/** Whether the focus is in here or nowhere, so that moving it on disturbs nobody. @param {Element} place */
export function holdsFocus(place) {
	return document.activeElement === document.body || place.contains(document.activeElement);
}

/** Let a text area be as high as its text. The style sheet sets the bounds. @param {HTMLTextAreaElement} area */
export function grow(area) {
	area.style.setProperty("height", "auto");
	const border = area.offsetHeight - area.clientHeight;
	area.style.setProperty("height", `${area.scrollHeight + border}px`);
}
