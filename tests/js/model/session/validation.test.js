import assert from "node:assert/strict";
import { test } from "node:test";
import { birthDateFault, emailFault } from "../../../../static/js/model/session/validation.js";

test("an e-mail address has one @, text before it, a dot after it, and is not too long", () => {
	for (const good of ["a@b.cd", "ada.lovelace+x@sub.example.org", "άλφα@παράδειγμα.ελ"])
		assert.equal(emailFault(good), false, good);
	for (const bad of [
		"a",
		"@b.cd",
		"a@b",
		"a@@b.cd",
		"a@b.cd@e.fg",
		"a b@c.de",
		"a@.cd",
		"a@b.",
		`${"x".repeat(128)}@b.cd`,
	])
		assert.equal(emailFault(bad), true, bad);
});

test("a date of birth is a real day in the past", () => {
	const now = Date.UTC(2026, 4, 4);
	for (const good of ["1990-02-28", "2024-02-29", "2026-05-03"]) assert.equal(birthDateFault(good, now), false, good);
	for (const bad of ["2026-05-04", "2027-01-01", "1990-13-01", "yesterday"])
		assert.equal(birthDateFault(bad, now), true, bad);
});
