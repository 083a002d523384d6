import { element, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { place } from "./popover.js";

/** @typedef {import("./dom.js").Translator} Translator */

const SHOWN_MS = 1_500;
/** Screen readers announce what changes in a live region, so its text is set after it is in the page. */
const ANNOUNCE_AFTER_MS = 100;

/**
 * Copy a text to the clipboard.
 * @param {string} text
 * @returns {Promise<boolean>} whether it succeeded
 */
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelecting(text);
	}
}

/** The older method: the clipboard API exists only on a page with a secure connection. @param {string} text */
function copyBySelecting(text) {
	const area = document.createElement("textarea");
	area.value = text;
	area.className = "hidden";
	document.body.append(area);
	const focused = /** @type {HTMLElement | null} */ (document.activeElement);
	area.select();
	const done = document.execCommand("copy");
	area.remove();
	focused?.focus();
	return done;
}

/**
 * Copy a text, then show and announce the result at the button for a moment.
 * @param {string} text
 * @param {HTMLElement} button
 * @param {Translator} i18n
 */
export async function copyWithFeedback(text, button, i18n) {
	const done = await copy(text);
	const label = i18n.text(done ? "text.copied" : "copy.failed");
	showMark(button, done ? "check" : "warning", label);
	announce(button, label);
}

/**
 * Show another icon on a button for a moment.
 * @param {HTMLElement} button
 * @param {import("./icons.js").IconName} name
 * @param {string} label
 */
function showMark(button, name, label) {
	if ("feedback" in button.dataset) return;
	const [children, title] = [[...button.childNodes], button.title];
	const setContent = (/** @type {string} */ text, /** @type {Node[]} */ ...nodes) => {
		button.replaceChildren(...nodes);
		button.title = button.ariaLabel = text;
	};
	button.dataset.feedback = "";
	setContent(label, icon(name));
	setTimeout(() => {
		delete button.dataset.feedback;
		setContent(title, ...children);
	}, SHOWN_MS);
}

/**
 * Show a text next to the button, which a finger may hide, and have screen readers announce it.
 * @param {HTMLElement} button
 * @param {string} text
 */
function announce(button, text) {
	const status = element("span", { class: "said", role: "status" });
	(button.closest("dialog") ?? document.body).append(status);
	setTimeout(() => {
		status.textContent = text;
		place(status, button.getBoundingClientRect());
	}, ANNOUNCE_AFTER_MS);
	setTimeout(() => status.remove(), ANNOUNCE_AFTER_MS + SHOWN_MS);
}

/** A button that copies one text and reports the result. */
export class CopyButton {
	/** @param {Translator} i18n @param {string} text */
	constructor(i18n, text) {
		this.button = iconButton(icon("copy"), i18n.text("text.copy"), { class: "icon-button copy" });
		this.button.addEventListener("click", () => copyWithFeedback(text, this.button, i18n));
	}
}
