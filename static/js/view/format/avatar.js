import { nicknameFault } from "../../model/base/names.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../../model/base/protocol.js").Person} Person */

const HUES = 24;

/** The hue of a name in degrees. It depends on nothing else. @param {string} name */
export function hueOf(name) {
	let hash = 7;
	for (const character of name.toLowerCase()) hash = (hash * 31 + Number(character.codePointAt(0))) >>> 0;
	return (hash % HUES) * (360 / HUES);
}

/** One or two initials of a name. @param {string} name */
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
 * The URL of a user's profile picture.
 * @param {Person} person
 * @param {64 | 256} size in pixels
 */
export function pictureUrl({ name, avatar = "" }, size) {
	return `/api/users/${encodeURIComponent(name)}/avatar?v=${encodeURIComponent(avatar)}&size=${size}`;
}

/**
 * The avatar of a user: initials until the profile picture is loaded, or if there is none.
 * @param {Person} person
 * @param {64 | 256} [size]
 */
export function avatar(person, size = 64) {
	const { name } = person;
	const node = element("span", { class: "avatar", "aria-hidden": "true" }, name ? initials(name) : icon("person"));
	colour(node, name);
	// No user has an invalid name, so there is no picture to request.
	if (nicknameFault(name) === null) node.append(picture(pictureUrl(person, size), node));
	return node;
}

/** @param {string} src @param {HTMLElement} parent whose initials it replaces */
function picture(src, parent) {
	const image = element("img", { src, alt: "", loading: "lazy", decoding: "async", draggable: "false" });
	image.addEventListener("load", () => {
		parent.classList.add("pictured");
		parent.replaceChildren(image);
	});
	image.addEventListener("error", () => image.remove());
	return image;
}
