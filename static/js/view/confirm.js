import { element } from "./elements.js";

/**
 * Ask before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, no: string}} words
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, yes, no }) {
	const heading = element("h2", { id: "confirm-title" }, title);
	const form = element(
		"form",
		{ method: "dialog" },
		heading,
		element("p", { dir: "auto" }, text),
		element(
			"div",
			{ class: "buttons" },
			element("button", { value: "no", class: "button quiet" }, no),
			element("button", { value: "yes", class: "button danger", id: "confirm-yes" }, yes),
		),
	);
	const dialog = element("dialog", { class: "confirm", "aria-labelledby": "confirm-title" }, form);
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((answer) => {
		dialog.addEventListener("close", () => {
			dialog.remove();
			answer(dialog.returnValue === "yes");
		});
	});
}
