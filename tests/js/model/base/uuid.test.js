import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "../../../../static/js/model/base/uuid.js";

test("an id is a UUIDv7 in lower case", () => {
	for (let count = 0; count < 200; count += 1) {
		assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	}
});

test("an id begins with its time, so that later ids are greater", () => {
	const at = 0x0197_0203_04ff;
	assert.equal(uuid7(at).slice(0, 13), "01970203-04ff");
	assert.ok(uuid7(at) < uuid7(at + 1));
});

test("ids of the same millisecond differ", () => {
	const ids = new Set(Array.from({ length: 1000 }, () => uuid7(5)));
	assert.equal(ids.size, 1000);
});

test("all random bits are used", () => {
	assert.equal(
		uuid7(0, (bytes) => bytes.fill(0xff)),
		"00000000-0000-7fff-bfff-ffffffffffff",
	);
});
