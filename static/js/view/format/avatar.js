import { nicknameFault } from "../../model/base/names.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../../model/base/protocol.js").Person} Person */

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

/**
 * Where the picture of somebody is.
 * @param {Person} person
 * @param {64 | 256} size in pixels
 */
export function pictureUrl({ name, avatar = "" }, size) {
	return `/api/users/${encodeURIComponent(name)}/avatar?v=${encodeURIComponent(avatar)}&size=${size}`;
}

/**
 * Somebody's picture. Until it is there, and where it cannot be had, letters stand for the name.
 * @param {Person} person
 * @param {64 | 256} [size]
 */
export function avatar(person, size = 64) {
	const { name } = person;
	const made = element("span", { class: "avatar", "aria-hidden": "true" }, name ? initials(name) : icon("person"));
	colour(made, name);
	// What can be no name has no picture: nobody need be asked for it.
	if (nicknameFault(name) === null) made.append(picture(pictureUrl(person, size), made));
	return made;
}

/** @param {string} src @param {HTMLElement} around */
function picture(src, around) {
	const made = element("img", { src, alt: "", loading: "lazy", decoding: "async", draggable: "false" });
	made.addEventListener("load", () => {
		around.classList.add("pictured");
		around.replaceChildren(made);
	});
	made.addEventListener("error", () => made.remove());
	return made;
}
