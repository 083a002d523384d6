import { element } from "./elements.js";

const HUES = 24;

/** A colour that belongs to a name: the same everywhere and always. @param {string} name */
export function hueOf(name) {
	let hash = 7;
	for (const character of name.toLowerCase()) hash = (hash * 31 + Number(character.codePointAt(0))) >>> 0;
	return (hash % HUES) * (360 / HUES);
}

/** One or two letters that stand for a name. @param {string} name */
export function initials(name) {
	const words = name.match(/[\p{L}\p{N}]+/gu) ?? [...name].slice(0, 1);
	const letters =
		words.length > 1 ? [words[0], words[1]].map((word) => [...String(word)][0]) : [...String(words[0])].slice(0, 1);
	return letters.join("").normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();
}

/** @param {Element & ElementCSSInlineStyle} target @param {string} name */
export function colour(target, name) {
	target.style.setProperty("--hue", String(hueOf(name)));
}

/** @param {string} name */
export function avatar(name) {
	const made = element("span", { class: "avatar", "aria-hidden": "true" }, initials(name));
	colour(made, name);
	return made;
}
