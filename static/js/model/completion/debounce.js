/** Waits for a pause in typing, and reports whether the input is still the latest. */
export class Debounce {
	#ms;
	#round = 0;

	/** @param {number} ms how long a pause is */
	constructor(ms) {
		this.#ms = ms;
	}

	/** What was asked before is out of date. @returns {() => Promise<boolean>} waits; whether nothing was asked since */
	start() {
		this.#round += 1;
		const round = this.#round;
		return async () => {
			await new Promise((go) => setTimeout(go, this.#ms));
			return round === this.#round;
		};
	}
}
