/** Words of other users' drafts as they are finished, for screen readers. */

/** @typedef {import("../base/messages.js").Ghost} Ghost */

/** What is finished ends with a space, or with a sign that ends a sentence. */
const FINISHED = /^[\s\S]*(?:\s|[.,;:!?·…](?=\s|$))/u;

/** @param {string} text */
const finished = (text) => (text.match(FINISHED)?.[0] ?? "").trimEnd();

/** Follows ghosts and returns their new words. */
export class SpokenWords {
	/** What was told of each ghost. @type {Map<string, string>} */
	#announced = new Map();

	/** @param {readonly Ghost[]} ghosts @returns {{name: string, words: string}[]} */
	next(ghosts) {
		const before = this.#announced;
		this.#announced = new Map(ghosts.map(({ id, text }) => [id, finished(text)]));
		return ghosts.flatMap(({ id, author }) => {
			const [old, now] = [before.get(id) ?? "", this.#announced.get(id) ?? ""];
			// What was changed further up is heard when the message is there.
			const words = now.startsWith(old) ? now.slice(old.length).trim() : "";
			return words ? [{ name: author.name, words }] : [];
		});
	}
}
