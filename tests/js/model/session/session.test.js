import assert from "node:assert/strict";
import { test } from "node:test";
import { ranksAbove } from "../../../../static/js/model/session/session.js";

test("a role ranks above lower roles only", () => {
	assert.equal(ranksAbove("admin", "moderator"), true);
	assert.equal(ranksAbove("moderator", "moderator"), false);
	assert.equal(ranksAbove("member", "admin"), false);
});
