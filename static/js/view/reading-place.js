/** So near to the end counts as being there. In pixels. */
const NEAR_PX = 40;
/** So near to the beginning, older messages are fetched. */
const NEAR_TOP_PX = 400;

/** Where the reader is: at the end, which stays the end, or at a line, which stays where it is. */
export class ReadingPlace {
	#scroller;
	#rows;
	#find;
	#atEnd = true;
	#onMove;

	/**
	 * @param {HTMLElement} scroller
	 * @param {HTMLElement} rows the lines in it
	 * @param {(key: string) => HTMLElement | undefined} find a line by its key
	 * @param {() => void} onMove the reader moved
	 */
	constructor(scroller, rows, find, onMove) {
		this.#scroller = scroller;
		this.#rows = rows;
		this.#find = find;
		this.#onMove = onMove;
		scroller.addEventListener("scroll", () => this.#moved(), { passive: true });
		const sizes = new ResizeObserver(() => this.#atEnd && this.goToEnd());
		sizes.observe(scroller);
		sizes.observe(rows);
	}

	get atEnd() {
		return this.#atEnd;
	}

	get nearTop() {
		return this.#scroller.scrollTop < NEAR_TOP_PX;
	}

	goToEnd() {
		this.#atEnd = true;
		this.#scroller.scrollTop = this.#scroller.scrollHeight;
	}

	/** Change the lines without moving what is read. @param {() => void} change */
	keepDuring(change) {
		const anchor = this.#atEnd ? null : this.#firstVisible();
		const before = anchor?.getBoundingClientRect().top ?? 0;
		change();
		// Drawn anew, it is another node under the same key.
		const after = this.#find(anchor?.dataset.key ?? "");
		if (this.#atEnd) this.goToEnd();
		else if (after) this.#scroller.scrollTop += after.getBoundingClientRect().top - before;
	}

	/** The first message in sight; days and notices may go elsewhere. @returns {HTMLElement | undefined} */
	#firstVisible() {
		const top = this.#scroller.getBoundingClientRect().top;
		/** @type {NodeListOf<HTMLElement>} */
		const lines = this.#rows.querySelectorAll("[data-id]");
		let [low, high] = [0, lines.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (Number(lines[middle]?.getBoundingClientRect().bottom) > top) high = middle;
			else low = middle + 1;
		}
		return lines[low];
	}

	#moved() {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
		this.#onMove();
	}
}
