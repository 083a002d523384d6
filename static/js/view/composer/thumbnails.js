import { element } from "../ui/dom.js";

/** Thumbnails of files that are being uploaded, from object URLs, which are revoked when they are no longer needed. */
export class Thumbnails {
	/** @type {Map<string, HTMLImageElement>} */
	#images = new Map();

	/** The thumbnail of a file, the same element each time. @param {string} key @param {Blob} blob */
	get(key, blob) {
		const existing = this.#images.get(key);
		if (existing) return existing;
		const image = element("img", { class: "thumbnail", alt: "", decoding: "async", src: URL.createObjectURL(blob) });
		// The file is no image, whatever its type says.
		image.addEventListener("error", () => this.#release(image));
		this.#images.set(key, image);
		return image;
	}

	/** Release all thumbnails that are not wanted. @param {(key: string) => boolean} isWanted */
	retain(isWanted) {
		for (const [key, image] of this.#images) {
			if (isWanted(key)) continue;
			this.#images.delete(key);
			this.#release(image);
		}
	}

	/** @param {HTMLImageElement} image */
	#release(image) {
		URL.revokeObjectURL(image.src);
		image.hidden = true;
	}
}
