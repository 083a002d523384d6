import assert from "node:assert/strict";
import { before, test } from "node:test";
import { isComposed, isSubmitKey } from "../../../static/js/view/ui/dom.js";

const ENTER = { key: "Enter", keyCode: 13, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false };

/** @param {object} [given] */
const enter = (given) => /** @type {KeyboardEvent} */ ({ ...ENTER, ...given });

/** @param {boolean} fingers */
const typeWith = (fingers) => Object.assign(globalThis, { matchMedia: () => ({ matches: fingers }) });

before(() => typeWith(false));

test("Enter sends, and with Shift it breaks the line", () => {
	assert.ok(isSubmitKey(enter()));
	assert.ok(!isSubmitKey(enter({ shiftKey: true })));
});

test("the Enter that ends a word of an input method sends nothing, in any browser", () => {
	assert.ok(!isSubmitKey(enter({ isComposing: true, keyCode: 229 })));
	assert.ok(!isSubmitKey(enter({ isComposing: false, keyCode: 229 })));
	assert.ok(isComposed(enter({ keyCode: 229 })) && !isComposed(enter()));
});

test("where fingers type, Enter sends only with Control", () => {
	typeWith(true);
	assert.ok(!isSubmitKey(enter()) && isSubmitKey(enter({ ctrlKey: true })));
});
