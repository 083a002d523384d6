import assert from "node:assert/strict";
import { test } from "node:test";
import { SpokenWords } from "../../../../static/js/model/text/spoken-words.js";
import { eve } from "../../support.js";

test("finished words are announced once, with their author", () => {
	const words = new SpokenWords();
	const author = { id: eve.id, name: eve.name };
	/** @param {string} text */
	const next = (text) =>
		words.next([{ id: "a", author, position: 1, text }]).map(({ name, words: spoken }) => `${name}: ${spoken}`);
	assert.deepEqual(next("Good mor"), ["Eve: Good"]);
	assert.deepEqual(next("Good morni"), []);
	assert.deepEqual(next("Good morning. How"), ["Eve: morning."]);
	assert.deepEqual(next("Bad morning. How "), []);
	assert.deepEqual(next("Bad morning. How are "), ["Eve: are"]);
});
