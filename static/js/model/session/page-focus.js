import { Emitter } from "../base/emitter.js";

/**
 * Whether somebody looks at this page: it is visible, and has the focus.
 * @extends {Emitter<{change: void}>}
 */
export class PageFocus extends Emitter {
	#given = false;

	get given() {
		return this.#given;
	}

	set given(given) {
		if (given === this.#given) return;
		this.#given = given;
		this.emit("change");
	}
}
