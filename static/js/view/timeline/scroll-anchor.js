/** Within this distance of the end the user counts as being there. */
const NEAR_PX = 40;
/** Within this distance of the edge, more is loaded, so that the user does not reach it. */
const NEAR_EDGE_PX = 1_500;
const HIGHLIGHT_MS = 2_000;

/** Keeps the scroll position while rows change: at the end, or at the line that the user reads. */
export class ScrollAnchor {
	#scroller;
	#rows;
	#find;
	#atEnd = true;
	#onMove;
	/** The line that keeps its place, and its distance from the top of the window. @type {{key: string, top: number} | null} */
	#anchor = null;
	/** The scroll position after the last update; at another one, the user has scrolled. */
	#lastTop = -1;

	/**
	 * @param {HTMLElement} scroller
	 * @param {HTMLElement} rows the parent of the lines
	 * @param {(key: string) => HTMLElement | undefined} find finds a line by its key
	 * @param {() => void} onMove called when the user scrolls
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

	/** The id of the first visible message. @returns {string | undefined} */
	get firstVisibleMessage() {
		return this.#firstVisible()?.dataset.id;
	}

	/** Stop following the end: the user goes somewhere else. */
	leaveEnd() {
		this.#atEnd = false;
		this.#anchor = null;
	}

	/** The rendered lines reach the end of the history: a user at the bottom is at the end without scrolling. */
	reachEnd() {
		this.#atEnd ||= this.#isNearEnd;
	}

	goToEnd() {
		this.#atEnd = true;
		this.#scroller.scrollTop = this.#scroller.scrollHeight;
	}

	/** The lines are in the page again; outside of it an element loses its scroll position. */
	restore() {
		if (this.#atEnd) this.goToEnd();
		else this.#scrollTo(this.#anchor);
		this.#lastTop = this.#scroller.scrollTop;
	}

	/** Change the lines without moving those that the user reads. @param {() => void} change */
	preserveDuring(change) {
		if (!this.#scroller.isConnected) return change();
		const anchor = this.#atEnd ? null : this.#currentAnchor();
		change();
		if (this.#atEnd) this.goToEnd();
		else this.#scrollTo(anchor);
		this.#lastTop = this.#scroller.scrollTop;
	}

	/** A line above changed its height by itself: scroll by the difference. */
	#hold() {
		if (this.#lastTop !== this.#scroller.scrollTop) return;
		this.#scrollTo(this.#anchor);
		this.#lastTop = this.#scroller.scrollTop;
	}

	/** @param {{key: string, top: number} | null} anchor */
	#scrollTo(anchor) {
		// Find the line by its key: rendered again, it is another node.
		const line = anchor && this.#find(anchor.key);
		// On the screen, and not in the scroller: a button above the scroller may appear and move it.
		if (line) this.#scroller.scrollTop += line.getBoundingClientRect().top - anchor.top;
	}

	/**
	 * Where a line is relative to the visible part.
	 * @param {HTMLElement | undefined} line
	 * @returns {"above" | "below" | "here"}
	 */
	locate(line) {
		if (!line) return "here";
		const top = this.#topOf(line);
		if (top + line.offsetHeight <= 0) return "above";
		return top >= this.#scroller.clientHeight ? "below" : "here";
	}

	/** The anchor stays the same until the user scrolls, so that rounding does not add up to a drift. */
	#currentAnchor() {
		if (this.#anchor && this.#lastTop === this.#scroller.scrollTop && this.#find(this.#anchor.key)) return this.#anchor;
		return this.#takeAnchor();
	}

	/** Anchor to the first visible message. */
	#takeAnchor() {
		const line = this.#firstVisible();
		this.#anchor = line ? { key: String(line.dataset.key), top: line.getBoundingClientRect().top } : null;
		return this.#anchor;
	}

	/** @param {HTMLElement} line */
	#topOf(line) {
		return line.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
	}

	/**
	 * The first visible message. Days and notices are no anchors, since they may move.
	 * @returns {HTMLElement | undefined}
	 */
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

	/** Outside of the page nothing has a height: no position is near the end. */
	get #isNearEnd() {
		return this.#scroller.isConnected && this.#below < NEAR_PX;
	}

	/** The height below the visible part, in pixels. */
	get #below() {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		return scrollHeight - scrollTop - clientHeight;
	}

	#moved() {
		const { scrollTop } = this.#scroller;
		this.#atEnd = this.#isNearEnd;
		if (!this.#atEnd && scrollTop !== this.#lastTop) {
			this.#takeAnchor();
			this.#lastTop = scrollTop;
		}
		this.#onMove();
	}
}

/** Scroll to a line and highlight it for a moment. @param {HTMLElement} line */
export function highlight(line) {
	line.scrollIntoView({ block: "center" });
	line.classList.add("highlight");
	setTimeout(() => line.classList.remove("highlight"), HIGHLIGHT_MS);
}
