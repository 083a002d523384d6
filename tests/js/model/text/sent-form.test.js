import assert from "node:assert/strict";
import { test } from "node:test";
import { sentForm } from "../../../../static/js/model/text/sent-form.js";

test("a text is sent without blank lines before it and space after it, but with its indentation", () => {
	assert.equal(sentForm("  a\n    b  \n\n"), "  a\n    b");
	assert.equal(sentForm(" \n\t\n  a"), "  a");
	assert.equal(sentForm(" \n "), "");
});
