import assert from "node:assert/strict";
import { before, test } from "node:test";
import { element, isComposed, isSubmitKey } from "../../../static/js/view/ui/dom.js";
import { FakeElement, useFakeDocument } from "../fake-document.js";

const ENTER = { key: "Enter", keyCode: 13, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false };

/** @param {object} [fields] */
const enter = (fields) => /** @type {KeyboardEvent} */ ({ ...ENTER, ...fields });

/** @param {boolean} isTouch */
const setTouch = (isTouch) => Object.assign(globalThis, { matchMedia: () => ({ matches: isTouch }) });

before(() => setTouch(false));

test("Enter sends, and Shift+Enter breaks the line", () => {
	assert.ok(isSubmitKey(enter()));
	assert.ok(!isSubmitKey(enter({ shiftKey: true })));
});

test("an Enter that belongs to an input method sends nothing, in any browser", () => {
	assert.ok(!isSubmitKey(enter({ isComposing: true, keyCode: 229 })));
	assert.ok(!isSubmitKey(enter({ isComposing: false, keyCode: 229 })));
	assert.ok(isComposed(enter({ keyCode: 229 })) && !isComposed(enter()));
});

test("an element gets its direction after its children, which the browser would look at again for each new one", () => {
	useFakeDocument();
	/** @type {number[]} */
	const children = [];
	const { setAttribute } = FakeElement.prototype;
	FakeElement.prototype.setAttribute = function (name, value) {
		if (name === "dir") children.push(this.children.length);
		setAttribute.call(this, name, value);
	};
	element("div", { dir: "auto" }, element("p", { dir: "auto" }, "a", "b"), "c", null);
	FakeElement.prototype.setAttribute = setAttribute;
	assert.deepEqual(children, [2, 2]);
});

test("on a touch screen Enter sends only with Control", () => {
	setTouch(true);
	assert.ok(!isSubmitKey(enter()) && isSubmitKey(enter({ ctrlKey: true })));
});
