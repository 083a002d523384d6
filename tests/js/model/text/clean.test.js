import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { cleanText, isVisible } from "../../../../static/js/model/text/clean.js";

const TEXTS = JSON.parse(readFileSync(new URL("../../../texts.json", import.meta.url), "utf8"));

test("a text is cleaned as the server cleans it", () => {
	for (const [entered, stored] of TEXTS.clean) assert.equal(cleanText(entered), stored);
});

test("the client and the server agree on what is visible", () => {
	for (const text of TEXTS.visible) assert.ok(isVisible(cleanText(text)), JSON.stringify(text));
	for (const text of TEXTS.invisible) assert.ok(!isVisible(cleanText(text)), JSON.stringify(text));
});

test("half of a character is left out until the other half arrives", () => {
	assert.equal(cleanText("a\ud83d"), "a");
	assert.equal(cleanText("a\ude00b"), "ab");
	assert.equal(cleanText("a\ud83d\ude00b"), "a😀b");
});
