/** As much of a document as it takes to write down which elements, attributes and texts somebody makes. */

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

	/** This one and all in it. @returns {FakeElement[]} */
	get all() {
		return [this, ...this.children.flatMap((child) => (child instanceof FakeElement ? child.all : []))];
	}
}

/** Whatever is drawn from now on is drawn here. */
export function useFakeDocument() {
	const made = (/** @type {string} */ tag) => new FakeElement(tag);
	const fake = {
		createElement: made,
		createElementNS: (/** @type {string} */ _namespace, /** @type {string} */ tag) => made(tag),
		createTextNode: (/** @type {string} */ text) => new FakeText(text),
	};
	Object.assign(globalThis, { document: fake });
}
