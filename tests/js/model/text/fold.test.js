import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsWith, fold } from "../../../../static/js/model/text/fold.js";

test("accents, case and the final sigma make no difference", () => {
	assert.equal(fold("Μουσικές"), fold("ΜΟΥΣΙΚΕΣ"));
	assert.ok(beginsWith("Ωμέγα", fold("ωμε")));
	assert.ok(beginsWith("Ångström", fold("ang")));
	assert.ok(!beginsWith("music", fold("usi")));
});
