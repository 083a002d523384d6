import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** Accepts files that are dropped or pasted anywhere on the screen of a conversation; text is left to the browser. */
export class FileDrop {
	#overlay;
	#onFiles;
	#isEnabled;
	/** `dragenter` and `dragleave` also fire for nested elements: how many of them have been entered. */
	#depth = 0;

	/**
	 * @param {HTMLElement} screen
	 * @param {import("../format/i18n.js").I18n} i18n
	 * @param {(files: File[]) => void} onFiles
	 * @param {() => boolean} isEnabled
	 */
	constructor(screen, i18n, onFiles, isEnabled) {
		this.#onFiles = onFiles;
		this.#isEnabled = isEnabled;
		this.#overlay = element(
			"div",
			{ class: "drop-overlay", hidden: true },
			element("p", {}, icon("clip"), i18n.text("upload.drop")),
		);
		this.element = this.#overlay;
		screen.addEventListener("dragenter", (event) => this.#enter(event));
		screen.addEventListener("dragleave", (event) => this.#leave(event));
		screen.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
		screen.addEventListener("drop", (event) => this.#drop(event));
		screen.addEventListener("paste", (event) => this.#paste(event));
	}

	/** @param {DragEvent} event */
	#enter(event) {
		if (!hasFiles(event)) return;
		event.preventDefault();
		this.#depth += 1;
		this.#overlay.hidden = !this.#isEnabled();
	}

	/** @param {DragEvent} event */
	#leave(event) {
		if (!hasFiles(event)) return;
		this.#depth = Math.max(this.#depth - 1, 0);
		if (this.#depth === 0) this.#overlay.hidden = true;
	}

	/** @param {DragEvent} event */
	#drop(event) {
		this.#depth = 0;
		this.#overlay.hidden = true;
		if (!hasFiles(event)) return;
		event.preventDefault();
		const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
		// A folder is listed as a file, but cannot be read.
		const files = items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile());
		this.#onFiles(files.filter((file) => file !== null));
	}

	/** @param {ClipboardEvent} event */
	#paste(event) {
		const files = pastedFiles(event);
		if (files.length === 0) return;
		event.preventDefault();
		this.#onFiles(files);
	}
}

/**
 * The pasted files. None if there is also text: office programs add an image of the text that was copied.
 * @param {ClipboardEvent} event
 * @returns {File[]}
 */
export function pastedFiles({ clipboardData }) {
	return clipboardData?.types.includes("text/plain") ? [] : [...(clipboardData?.files ?? [])];
}

/** @param {DragEvent} event */
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
