/** Waits for a pause in typing, and reports whether the input is still the latest. */
export class Debounce {
	#ms;
	#round = 0;

	/** @param {number} ms how long a pause is */
	constructor(ms) {
		this.#ms = ms;
	}

	/** Register new input. @returns {() => Promise<boolean>} waits for the pause; false if there was newer input */
	start() {
		this.#round += 1;
		const round = this.#round;
		return async () => {
			await new Promise((resolve) => setTimeout(resolve, this.#ms));
			return round === this.#round;
		};
	}
}
