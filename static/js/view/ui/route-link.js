import { urlOf } from "../../model/lists/routes.js";
import { element } from "./dom.js";

/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("./dom.js").Value} Value */

/** With a modifier key, the browser handles the click. @param {MouseEvent} event */
export const isPlainClick = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

/**
 * A link within the client. Its place is computed when it is followed.
 * @param {() => Place} place
 * @param {(place: Place) => void} openPlace
 * @param {Record<string, Value>} attributes
 * @param {...(Node | string | null)} children
 */
export function routeLink(place, openPlace, attributes, ...children) {
	const link = element("a", { href: urlOf(place()), ...attributes }, ...children);
	link.addEventListener("click", (event) => {
		if (!isPlainClick(event)) return;
		event.preventDefault();
		openPlace(place());
	});
	return link;
}
