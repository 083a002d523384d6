/** A minimal document: records the elements, attributes and texts that a view creates. */

class FakeText {
	/** @param {string} text */
	constructor(text) {
		this.textContent = text;
	}
}

export class FakeElement {
	/** @type {Map<string, string>} */
	attributes = new Map();
	/** @type {(FakeElement | FakeText)[]} */
	children = [];
	style = { setProperty() {} };

	/** @param {string} tag */
	constructor(tag) {
		this.tag = tag;
	}

	/** @param {string} name @param {string} value */
	setAttribute(name, value) {
		this.attributes.set(name, value);
	}

	/** @param {string} name */
	removeAttribute(name) {
		this.attributes.delete(name);
	}

	/** @param {...(FakeElement | FakeText | string)} nodes */
	append(...nodes) {
		this.children.push(...nodes.map((node) => (typeof node === "string" ? new FakeText(node) : node)));
	}

	addEventListener() {}

	/** @returns {string} */
	get textContent() {
		return this.children.map((child) => child.textContent).join("");
	}

	/** How many descendants it has, with texts. @returns {number} */
	get nodes() {
		return this.children.reduce((sum, child) => sum + 1 + (child instanceof FakeElement ? child.nodes : 0), 0);
	}

	/** This element and all its descendants. @returns {FakeElement[]} */
	get all() {
		return [this, ...this.children.flatMap((child) => (child instanceof FakeElement ? child.all : []))];
	}
}

/** Replace the global `document`. */
export function useFakeDocument() {
	const createElement = (/** @type {string} */ tag) => new FakeElement(tag);
	const fake = {
		createElement,
		createElementNS: (/** @type {string} */ _namespace, /** @type {string} */ tag) => createElement(tag),
		createTextNode: (/** @type {string} */ text) => new FakeText(text),
	};
	Object.assign(globalThis, { document: fake });
}
