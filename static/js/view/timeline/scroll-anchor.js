/** So near to the end counts as being there. In pixels. */
const NEAR_PX = 40;
/** So near to the edge of what is loaded, more is fetched: before anybody reaches it. */
const NEAR_EDGE_PX = 1_500;
const HIGHLIGHT_MS = 2_000;

/** Keeps the scroll position while rows change: at the end, or at the line that the user reads. */
export class ScrollAnchor {
	#scroller;
	#rows;
	#find;
	#atEnd = true;
	#onMove;
	/** The line that stays, and how far from the top. @type {{key: string, top: number} | null} */
	#anchor = null;
	/** Where the scroller was left; elsewhere, the reader moved it. */
	#left = -1;

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
		const sizes = new ResizeObserver(() => scroller.isConnected && (this.#atEnd ? this.goToEnd() : this.#hold()));
		sizes.observe(scroller);
		sizes.observe(rows);
	}

	get atEnd() {
		return this.#atEnd;
	}

	get nearTop() {
		return this.#scroller.scrollTop < NEAR_EDGE_PX;
	}

	get nearBottom() {
		return this.#below < NEAR_EDGE_PX;
	}

	/** The id of the first message in sight. @returns {string | undefined} */
	get firstVisibleMessage() {
		return this.#firstVisible()?.dataset.id;
	}

	/** The reader wants to be somewhere else. */
	leaveEnd() {
		this.#atEnd = false;
		this.#anchor = null;
	}

	/** What is drawn ends where the history does: whoever is there is at the end, without having moved. */
	reachEnd() {
		this.#atEnd ||= this.#isNearEnd;
	}

	goToEnd() {
		this.#atEnd = true;
		this.#scroller.scrollTop = this.#scroller.scrollHeight;
	}

	/** The lines were not on the screen, where nothing keeps its place, and are again. */
	restore() {
		if (this.#atEnd) this.goToEnd();
		else this.#scrollTo(this.#anchor);
		this.#left = this.#scroller.scrollTop;
	}

	/** Change the lines without moving what is read. @param {() => void} change */
	preserveDuring(change) {
		if (!this.#scroller.isConnected) return change();
		const anchor = this.#atEnd ? null : this.#currentAnchor();
		change();
		if (this.#atEnd) this.goToEnd();
		else this.#scrollTo(anchor);
		this.#left = this.#scroller.scrollTop;
	}

	/** Something above grew or shrank by itself. */
	#hold() {
		if (this.#left !== this.#scroller.scrollTop) return;
		this.#scrollTo(this.#anchor);
		this.#left = this.#scroller.scrollTop;
	}

	/** @param {{key: string, top: number} | null} anchor */
	#scrollTo(anchor) {
		// Drawn anew, it is another node under the same key.
		const line = anchor && this.#find(anchor.key);
		if (line) this.#scroller.scrollTop += this.#topOf(line) - anchor.top;
	}

	/** Where a line is, seen from the reader. @param {HTMLElement | undefined} line @returns {"above" | "below" | "here"} */
	locate(line) {
		if (!line) return "here";
		const top = this.#topOf(line);
		if (top + line.offsetHeight <= 0) return "above";
		return top >= this.#scroller.clientHeight ? "below" : "here";
	}

	/** The same for as long as the reader does not move, so that rounding does not add up to a drift. */
	#currentAnchor() {
		if (this.#anchor && this.#left === this.#scroller.scrollTop && this.#find(this.#anchor.key)) return this.#anchor;
		return this.#takeAnchor();
	}

	/** To what is in sight now. */
	#takeAnchor() {
		const line = this.#firstVisible();
		this.#anchor = line ? { key: String(line.dataset.key), top: this.#topOf(line) } : null;
		return this.#anchor;
	}

	/** @param {HTMLElement} line */
	#topOf(line) {
		return line.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
	}

	/** The first message in sight; days and notices may go elsewhere. @returns {HTMLElement | undefined} */
	#firstVisible() {
		const top = this.#scroller.getBoundingClientRect().top;
		const lines = this.#rows.children;
		let [low, high] = [0, lines.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (Number(lines[middle]?.getBoundingClientRect().bottom) > top) high = middle;
			else low = middle + 1;
		}
		while (lines[low] && !lines[low]?.hasAttribute("data-id")) low += 1;
		return /** @type {HTMLElement | undefined} */ (lines[low]);
	}

	/** What is not on the screen has no heights, and nobody is anywhere in it. */
	get #isNearEnd() {
		return this.#scroller.isConnected && this.#below < NEAR_PX;
	}

	/** So much of what is drawn lies below what is in sight. In pixels. */
	get #below() {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		return scrollHeight - scrollTop - clientHeight;
	}

	#moved() {
		const { scrollTop } = this.#scroller;
		this.#atEnd = this.#isNearEnd;
		if (!this.#atEnd && scrollTop !== this.#left) {
			this.#takeAnchor();
			this.#left = scrollTop;
		}
		this.#onMove();
	}
}

/** Show somebody the line they wanted to see. @param {HTMLElement} line */
export function highlight(line) {
	line.scrollIntoView({ block: "center" });
	line.classList.add("highlight");
	setTimeout(() => line.classList.remove("highlight"), HIGHLIGHT_MS);
}
