import { element } from "./dom.js";

/** @typedef {{value: string, label: string, style: "quiet" | "danger" | "risky" | "advised"}} Answer */

/**
 * Ask before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, no: string}} texts
 * @returns {Promise<boolean>}
 */
export async function confirm({ title, text, yes, no }) {
	const answers = /** @type {Answer[]} */ ([
		{ value: "no", label: no, style: "quiet" },
		{ value: "yes", label: yes, style: "danger" },
	]);
	return (await ask({ title, text, answers })) === "yes";
}

/**
 * Ask a question with several answers.
 * @param {{title: string, text: string, answers: Answer[]}} question
 * @returns {Promise<string>} the value of the answer; empty if the dialog was dismissed
 */
export function ask({ title, text, answers }) {
	const form = element(
		"form",
		{ method: "dialog" },
		element("h2", { id: "confirm-title", dir: "auto" }, title),
		element("p", { dir: "auto" }, text),
		element("div", { class: answers.length > 2 ? "buttons stacked" : "buttons" }, ...answers.map(answerButton)),
	);
	const dialog = element("dialog", { class: "confirm", "aria-labelledby": "confirm-title" }, form);
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.addEventListener("close", () => {
			dialog.remove();
			resolve(dialog.returnValue);
		});
	});
}

/** @param {Answer} answer */
function answerButton({ value, label, style }) {
	const styles = { quiet: "button quiet", danger: "button danger", risky: "button quiet risky", advised: "button" };
	return element("button", { value, class: styles[style], id: `confirm-${value}` }, label);
}
