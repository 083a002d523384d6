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
	 * @param {(node: HTMLElement, row: Row) => void} [refresh] updates what changes without rendering the line again
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
		const restoreFocus = this.#rememberFocus();
		this.#removeAllBut(new Set(rows.map((row) => row.key)));
		/** @type {HTMLElement | null} */
		let above = null;
		for (const row of rows) {
			const node = this.#nodeFor(row, versionOf(row));
			/** @type {ChildNode | null} */
			const next = above ? above.nextSibling : this.#parent.firstChild;
			if (node !== next) this.#parent.insertBefore(node, next);
			above = node;
		}
		restoreFocus();
	}

	#rememberFocus() {
		const { activeElement: focused } = document;
		const line = this.#parent.contains(focused) ? focused?.closest("[data-key]") : null;
		if (!(line instanceof HTMLElement)) return () => {};
		const { children } = this.#parent;
		const index = [...children].indexOf(line);
		const restore = rememberFocus(line);
		return () => {
			if (this.#parent.contains(document.activeElement)) return;
			const target = this.node(String(line.dataset.key)) ?? children[Math.min(index, children.length - 1)];
			if (target) restore(target);
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
	#nodeFor(row, version) {
		const drawn = this.#drawn.get(row.key);
		const node = drawn?.version === version ? drawn.node : this.#redraw(row, drawn?.node);
		this.#refresh(node, row);
		this.#drawn.set(row.key, { node, version });
		return node;
	}

	/** @param {Row} row @param {HTMLElement | undefined} old */
	#redraw(row, old) {
		const replacement = this.#draw(row);
		replacement.dataset.key = row.key;
		if (!old) return replacement;
		// The message takes over the node of its ghost, so that the line stays in place.
		if ("ghost" in old.dataset) return transform(old, replacement);
		old.replaceWith(replacement);
		return replacement;
	}
}

/** @param {HTMLElement} line @param {HTMLElement} replacement */
function transform(line, replacement) {
	for (const name of line.getAttributeNames()) line.removeAttribute(name);
	for (const { name, value } of replacement.attributes) if (name !== "style") line.setAttribute(name, value);
	// The content security policy forbids setting the attribute.
	line.style.cssText = replacement.style.cssText;
	line.classList.add("settling");
	line.replaceChildren(...replacement.childNodes);
	return line;
}
