import { element, iconButton } from "./dom.js";
import { icon } from "./icons.js";

/**
 * A screen that covers the conversation, which keeps its state below.
 * @param {{id: string, title: string, back: string}} labels
 * @param {() => void} onBack
 * @param {...HTMLElement} body the scrolling content
 */
export function overlay({ id, title, back }, onBack, ...body) {
	const button = iconButton(icon("back"), back, { class: "icon-button screen-back" });
	button.addEventListener("click", onBack);
	const heading = element("h1", { id: `${id}-title`, tabindex: "-1" }, title);
	return element(
		"main",
		{ id, class: "screen", "aria-labelledby": `${id}-title`, hidden: true },
		element("header", { class: "screen-heading" }, button, heading),
		element("div", { class: "screen-body", tabindex: "0", role: "group", "aria-labelledby": `${id}-title` }, ...body),
	);
}
