import { sizeText } from "../format/numbers.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").File} StoredFile */

/** The largest size of an image in a message. */
const MAX_WIDTH_PX = 360;
const MAX_HEIGHT_PX = 320;

/** @param {StoredFile} file */
export const fileUrl = ({ id, name }) => `/files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;

/** The URL of the image that is shown in a message. @param {StoredFile} file */
const previewUrl = (file) => (file.preview ? `/files/${encodeURIComponent(file.id)}/preview` : fileUrl(file));

/** Whether a file is shown as an image. @param {StoredFile} file @param {readonly string[]} imageTypes content types */
export const isImage = ({ type, width, height }, imageTypes) => Boolean(width && height) && imageTypes.includes(type);

/** Renders the file of a message: an image, whose space is reserved, or a card to download the file. */
export class FileRenderer {
	#i18n;
	#imageTypes;

	/** @param {I18n} i18n @param {() => readonly string[]} imageTypes */
	constructor(i18n, imageTypes) {
		this.#i18n = i18n;
		this.#imageTypes = imageTypes;
	}

	/** @param {StoredFile} file @param {() => void} open opens the image viewer */
	draw(file, open) {
		return isImage(file, this.#imageTypes()) ? this.#image(file, open) : this.#card(file);
	}

	/** @param {StoredFile} file @param {() => void} open */
	#image(file, open) {
		const { name, width = 1, height = 1 } = file;
		const scale = Math.min(1, MAX_WIDTH_PX / width, MAX_HEIGHT_PX / height);
		const image = element("img", {
			src: previewUrl(file),
			alt: name,
			width: Math.max(1, Math.round(width * scale)),
			height: Math.max(1, Math.round(height * scale)),
			loading: "lazy",
			decoding: "async",
			draggable: "false",
		});
		// The exact ratio: with the rounded size alone, the height would change a little once the image is loaded.
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
			element("span", { class: "file-size" }, sizeText(size, this.#i18n)),
		);
	}
}
