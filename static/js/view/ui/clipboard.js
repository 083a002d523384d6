import { element, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { place } from "./popover.js";

/** @typedef {import("./dom.js").Translator} Translator */

const SHOWN_MS = 1_500;
/** Those who listen are told of what changes in the page, not of what comes into it. */
const ANNOUNCE_AFTER_MS = 100;

/**
 * Copy a text to the clipboard.
 * @param {string} text
 * @returns {Promise<boolean>} whether the browser let us: it does on a page that came over a secure connection
 */
async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelecting(text);
	}
}

/** The old way, which works on any page. @param {string} text */
function copyBySelecting(text) {
	const area = document.createElement("textarea");
	area.value = text;
	area.className = "hidden";
	document.body.append(area);
	const before = /** @type {HTMLElement | null} */ (document.activeElement);
	area.select();
	const done = document.execCommand("copy");
	area.remove();
	before?.focus();
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
	const word = i18n.text(done ? "text.copied" : "copy.failed");
	showMark(button, done ? "check" : "warning", word);
	announce(button, word);
}

/** For a moment it is another picture. @param {HTMLElement} button @param {import("./icons.js").IconName} name @param {string} label */
function showMark(button, name, label) {
	if ("told" in button.dataset) return;
	const [picture, before] = [[...button.childNodes], button.title];
	const dress = (/** @type {string} */ text, /** @type {Node[]} */ ...shown) => {
		button.replaceChildren(...shown);
		button.title = button.ariaLabel = text;
	};
	button.dataset.told = "";
	dress(label, icon(name));
	setTimeout(() => {
		delete button.dataset.told;
		dress(before, ...picture);
	}, SHOWN_MS);
}

/** Seen where a finger hides the button, and heard: for that, it is there before its words. @param {HTMLElement} button @param {string} text */
function announce(button, text) {
	const said = element("span", { class: "said", role: "status" });
	(button.closest("dialog") ?? document.body).append(said);
	setTimeout(() => {
		said.textContent = text;
		place(said, button.getBoundingClientRect());
	}, ANNOUNCE_AFTER_MS);
	setTimeout(() => said.remove(), ANNOUNCE_AFTER_MS + SHOWN_MS);
}

/** A button that copies one text and reports the result. */
export class CopyButton {
	/** @param {Translator} i18n @param {string} text */
	constructor(i18n, text) {
		this.button = iconButton(icon("copy"), i18n.text("text.copy"), { class: "icon-button copy" });
		this.button.addEventListener("click", () => copyWithFeedback(text, this.button, i18n));
	}
}
