/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{node: HTMLElement, version: string}} Drawn */

/** Keeps the children of an element equal to a list of rows, touching only what changed. */
export class RowList {
	#parent;
	#draw;
	/** @type {Map<string, Drawn>} */
	#drawn = new Map();

	/** @param {HTMLElement} parent @param {(row: Row) => HTMLElement} draw */
	constructor(parent, draw) {
		this.#parent = parent;
		this.#draw = draw;
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
		if (drawn?.version === version) return drawn.node;
		const node = this.#draw(row);
		node.dataset.key = row.key;
		if (drawn) replaceKeepingFocus(drawn.node, node);
		this.#drawn.set(row.key, { node, version });
		return node;
	}
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function replaceKeepingFocus(old, fresh) {
	const focused = old.contains(document.activeElement);
	old.replaceWith(fresh);
	if (focused && !fresh.contains(document.activeElement)) fresh.querySelector("button")?.focus();
}
