import { Emitter } from "../base/emitter.js";

/**
 * Whether the user looks at this page: it is visible and has the focus.
 * @extends {Emitter<{change: void}>}
 */
export class PageFocus extends Emitter {
	#isFocused = false;

	get isFocused() {
		return this.#isFocused;
	}

	set isFocused(given) {
		if (given === this.#isFocused) return;
		this.#isFocused = given;
		this.emit("change");
	}
}
