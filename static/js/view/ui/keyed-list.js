import { rememberFocus } from "./focus-memory.js";

/** @typedef {{node: HTMLElement, version: string}} Drawn */

/**
 * Keeps the children of an element equal to a list of rows by key, and touches only what changed. The focus stays where
 * it is, or moves to the line at the same place.
 * @template {{key: string}} Row
 */
export class KeyedList {
	#parent;
	#draw;
	#refresh;
	/** @type {Map<string, Drawn>} */
	#drawn = new Map();

	/**
	 * @param {HTMLElement} parent
	 * @param {(row: Row) => HTMLElement} draw
	 * @param {(node: HTMLElement, row: Row) => void} [refresh] what may change in a line without drawing it anew
	 */
	constructor(parent, draw, refresh = () => {}) {
		this.#parent = parent;
		this.#draw = draw;
		this.#refresh = refresh;
	}

	/** @param {string} key */
	node(key) {
		return this.#drawn.get(key)?.node;
	}

	clear() {
		this.#drawn.clear();
		this.#parent.replaceChildren();
	}

	/** @param {Row[]} rows @param {(row: Row) => string} versionOf */
	update(rows, versionOf) {
		const giveFocusBack = this.#rememberFocus();
		this.#removeAllBut(new Set(rows.map((row) => row.key)));
		/** @type {HTMLElement | null} */
		let above = null;
		for (const row of rows) {
			const node = this.#current(row, versionOf(row));
			/** @type {ChildNode | null} */
			const place = above ? above.nextSibling : this.#parent.firstChild;
			if (node !== place) this.#parent.insertBefore(node, place);
			above = node;
		}
		giveFocusBack();
	}

	#rememberFocus() {
		const { activeElement: focused } = document;
		const line = this.#parent.contains(focused) ? focused?.closest("[data-key]") : null;
		if (!(line instanceof HTMLElement)) return () => {};
		const { children } = this.#parent;
		const place = [...children].indexOf(line);
		const giveTo = rememberFocus(line);
		return () => {
			if (this.#parent.contains(document.activeElement)) return;
			const now = this.node(String(line.dataset.key)) ?? children[Math.min(place, children.length - 1)];
			if (now) giveTo(now);
		};
	}

	/** @param {Set<string>} keys */
	#removeAllBut(keys) {
		for (const [key, { node }] of this.#drawn) {
			if (keys.has(key)) continue;
			node.remove();
			this.#drawn.delete(key);
		}
	}

	/** @param {Row} row @param {string} version */
	#current(row, version) {
		const drawn = this.#drawn.get(row.key);
		const node = drawn?.version === version ? drawn.node : this.#redraw(row, drawn?.node);
		this.#refresh(node, row);
		this.#drawn.set(row.key, { node, version });
		return node;
	}

	/** @param {Row} row @param {HTMLElement | undefined} old */
	#redraw(row, old) {
		const fresh = this.#draw(row);
		fresh.dataset.key = row.key;
		if (!old) return fresh;
		// What was typed becomes what was said: the same line, from one frame to the next.
		if ("ghost" in old.dataset) return transform(old, fresh);
		// Who listens has heard this line: a reaction to it does not say it once more.
		fresh.setAttribute("aria-live", "off");
		old.replaceWith(fresh);
		return fresh;
	}
}

/** @param {HTMLElement} line @param {HTMLElement} fresh */
function transform(line, fresh) {
	for (const name of line.getAttributeNames()) line.removeAttribute(name);
	for (const { name, value } of fresh.attributes) if (name !== "style") line.setAttribute(name, value);
	// As an attribute, the page's security policy would refuse it.
	line.style.cssText = fresh.style.cssText;
	line.classList.add("settling");
	line.replaceChildren(...fresh.childNodes);
	return line;
}
