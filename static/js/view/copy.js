import { iconButton } from "./elements.js";
import { icon } from "./icons.js";

const SHOWN_MS = 1_500;

/**
 * Put a text where it can be pasted from.
 * @param {string} text
 * @returns {Promise<boolean>} whether the browser let us: it does on a page that came over a secure connection
 */
export async function copy(text) {
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

/** Copies one text, and says that it did. */
export class CopyButton {
	#i18n;

	/** @param {import("./i18n.js").I18n} i18n @param {string} text */
	constructor(i18n, text) {
		this.#i18n = i18n;
		this.button = iconButton(icon("copy"), i18n.text("text.copy"), { class: "icon-button copy" });
		this.button.addEventListener("click", async () => {
			const done = await copy(text);
			this.#show(done ? "check" : "warning", done ? "text.copied" : "copy.failed");
			setTimeout(() => this.#show("copy", "text.copy"), SHOWN_MS);
		});
	}

	/** @param {import("./icons.js").IconName} name @param {string} key */
	#show(name, key) {
		const label = this.#i18n.text(key);
		this.button.replaceChildren(icon(name));
		this.button.title = this.button.ariaLabel = label;
	}
}
