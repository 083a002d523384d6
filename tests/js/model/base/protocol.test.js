import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CLOSE_CODES, COMMANDS, ERRORS, EVENTS } from "../../../../static/js/model/base/protocol.js";

const page = readFileSync(new URL("../../../../docs/protocol.md", import.meta.url), "utf8");

/** The first column of the table under a heading. @param {string} heading */
function column(heading) {
	const section = page.split(`${heading}\n`)[1]?.split(/\n##/)[0] ?? "";
	return [...section.matchAll(/^\| `?(\w+)`? \|/gm)]
		.map((match) => match[1])
		.filter((word) => word !== "type" && word !== "code");
}

test("the commands match docs/protocol.md", () => {
	assert.deepEqual(Object.keys(COMMANDS).sort(), column("### What a client sends").sort());
});

test("the events match docs/protocol.md", () => {
	assert.deepEqual(Object.keys(EVENTS).sort(), column("### What the server sends").sort());
});

test("the errors match docs/protocol.md", () => {
	assert.deepEqual([...ERRORS].sort(), column("## Error codes").sort());
});

test("the close codes match docs/protocol.md", () => {
	assert.deepEqual(Object.values(CLOSE_CODES).map(String).sort(), column("### Close codes").sort());
});
