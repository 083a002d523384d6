/** Finished words of other users' drafts, for screen readers. */

import { withoutSpoilers } from "./spoilers.js";

/** @typedef {import("../base/messages.js").Ghost} Ghost */

/** A word is finished by a space, or by the punctuation that ends a sentence. */
const FINISHED = /^[\s\S]*(?:\s|[.,;:!?·…](?=\s|$))/u;

/** @param {string} text */
const finished = (text) => (withoutSpoilers(text).match(FINISHED)?.[0] ?? "").trimEnd();

/** Follows ghosts and returns their new words. */
export class SpokenWords {
	/** What was announced of each ghost, by id. @type {Map<string, string>} */
	#announced = new Map();

	/** @param {readonly Ghost[]} ghosts @returns {{name: string, words: string}[]} */
	next(ghosts) {
		const before = this.#announced;
		this.#announced = new Map(ghosts.map(({ id, text }) => [id, finished(text)]));
		return ghosts.flatMap(({ id, author }) => {
			const [previous, current] = [before.get(id) ?? "", this.#announced.get(id) ?? ""];
			// A change of earlier words is not announced: the screen reader reads the whole message when it arrives.
			const words = current.startsWith(previous) ? current.slice(previous.length).trim() : "";
			return words ? [{ name: author.name, words }] : [];
		});
	}
}
