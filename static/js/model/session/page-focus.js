import { Emitter } from "../base/emitter.js";

/**
 * Whether the user looks at this page: it is visible and has the keyboard focus.
 * @extends {Emitter<{change: void}>}
 */
export class PageFocus extends Emitter {
	#isFocused = false;

	get isFocused() {
		return this.#isFocused;
	}

	set isFocused(isFocused) {
		if (isFocused === this.#isFocused) return;
		this.#isFocused = isFocused;
		this.emit("change");
	}
}
