import assert from "node:assert/strict";
import { before, test } from "node:test";
import { isComposed, isSubmitKey } from "../../../static/js/view/ui/dom.js";

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

test("on a touch screen Enter sends only with Control", () => {
	setTouch(true);
	assert.ok(!isSubmitKey(enter()) && isSubmitKey(enter({ ctrlKey: true })));
});
