import { sizeText } from "../format/numbers.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").File} StoredFile */

/** A picture in a message is no larger. */
const WIDEST_PX = 360;
const HIGHEST_PX = 320;

/** @param {StoredFile} file */
export const fileUrl = ({ id, name }) => `/files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;

/** Where what is shown of it is. @param {StoredFile} file */
const previewUrl = (file) => (file.preview ? `/files/${encodeURIComponent(file.id)}/preview` : fileUrl(file));

/** Whether it is shown as a picture. @param {StoredFile} file @param {readonly string[]} pictures content types */
export const isPicture = ({ type, width, height }, pictures) => Boolean(width && height) && pictures.includes(type);

/** Draws the file of a message: a picture with its room kept, or a card to download. */
export class FileRenderer {
	#i18n;
	#pictures;

	/** @param {I18n} i18n @param {() => readonly string[]} pictures */
	constructor(i18n, pictures) {
		this.#i18n = i18n;
		this.#pictures = pictures;
	}

	/** @param {StoredFile} file @param {() => void} open show it large */
	draw(file, open) {
		return isPicture(file, this.#pictures()) ? this.#picture(file, open) : this.#card(file);
	}

	/** @param {StoredFile} file @param {() => void} open */
	#picture(file, open) {
		const { name, width = 1, height = 1 } = file;
		const scale = Math.min(1, WIDEST_PX / width, HIGHEST_PX / height);
		const image = element("img", {
			src: previewUrl(file),
			alt: name,
			width: Math.max(1, Math.round(width * scale)),
			height: Math.max(1, Math.round(height * scale)),
			loading: "lazy",
			decoding: "async",
			draggable: "false",
		});
		// The one of the whole picture, before it is there and after: rounded, it would be a little higher then.
		image.style.setProperty("aspect-ratio", `${width} / ${height}`);
		const label = this.#i18n.text("file.show", { name });
		const button = element("button", { type: "button", class: "picture", "aria-label": label, title: name }, image);
		image.addEventListener("error", () => button.replaceWith(this.#card(file)));
		button.addEventListener("click", open);
		return button;
	}

	/** @param {StoredFile} file */
	#card(file) {
		const { name, size } = file;
		return element(
			"a",
			{ href: fileUrl(file), download: name, class: "file-card", title: this.#i18n.text("file.download", { name }) },
			icon("file"),
			element("bdi", { class: "file-name" }, name),
			element("span", { class: "file-size" }, sizeText(size, this.#i18n.locale)),
		);
	}
}
