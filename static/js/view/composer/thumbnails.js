import { element } from "../ui/dom.js";

/** Small pictures of files of this device, from its own memory: nothing is fetched, and nothing is kept for longer. */
export class Thumbnails {
	/** @type {Map<string, HTMLImageElement>} */
	#pictures = new Map();

	/** The picture of a file, always the same one. @param {string} key @param {Blob} blob */
	get(key, blob) {
		const existing = this.#pictures.get(key);
		if (existing) return existing;
		const picture = element("img", { class: "thumbnail", alt: "", decoding: "async", src: URL.createObjectURL(blob) });
		// What only says that it is a picture.
		picture.addEventListener("error", () => this.#release(picture));
		this.#pictures.set(key, picture);
		return picture;
	}

	/** Let go of all others. @param {(key: string) => boolean} isWanted */
	retain(isWanted) {
		for (const [key, picture] of this.#pictures) {
			if (isWanted(key)) continue;
			this.#pictures.delete(key);
			this.#release(picture);
		}
	}

	/** @param {HTMLImageElement} picture */
	#release(picture) {
		URL.revokeObjectURL(picture.src);
		picture.hidden = true;
	}
}
