import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PersonDirectory } from "../../../static/js/model/lists/person-directory.js";
import { I18n } from "../../../static/js/view/format/i18n.js";
import { reactionsText } from "../../../static/js/view/message/reactions.js";

const texts = JSON.parse(readFileSync(new URL("../../../static/i18n/en.json", import.meta.url), "utf8"));
const i18n = new I18n("en", "en", texts);

/** @param {string[]} users the ids of those who reacted, which are also their names */
function said(users) {
	const persons = new PersonDirectory();
	persons.update(users.map((id) => ({ id, name: id })));
	const message = /** @type {any} */ ({ reactions: { "👍": users } });
	return reactionsText(message, persons, "me", i18n);
}

test("those who reacted are named, the user last", () => {
	assert.equal(said(["Maria"]), "Maria: 👍");
	assert.equal(said(["me"]), "you: 👍");
	assert.equal(said(["Maria", "me", "Nikos"]), "Maria, Nikos and you: 👍");
});

test("of many, the first and the user are named, and the rest is counted", () => {
	const many = Array.from({ length: 30 }, (_, at) => `p${at}`);

	assert.equal(said([...many, "me"]), "p0, p1, p2, p3, p4, p5, p6, p7, p8, you and 21 more: 👍");
	assert.equal(said(many.slice(0, 10)), "p0, p1, p2, p3, p4, p5, p6, p7, p8 and p9: 👍");
});
