import assert from "node:assert/strict";
import { test } from "node:test";
import { Doorway } from "../../static/js/model/doorway.js";
import { passwordFault } from "../../static/js/model/passwords.js";
import { Refusal } from "../../static/js/model/refusal.js";

/** @param {string} code @param {string} [field] */
const refusal = (code, field) => new Refusal({ code, message: code, ...(field ? { field } : {}) });

/** @param {import("../../static/js/model/doorway.js").Way} [way] */
function doorway(way = "new") {
	const made = new Doorway();
	made.take(way);
	return made;
}

test("a new name needs no password, a known one does", () => {
	assert.equal(doorway().try("Ada", ""), true);
	const door = doorway("known");
	assert.equal(door.try("Ada", ""), false);
	assert.deepEqual(door.fault, { field: "password", is: "noPassword" });
	assert.equal(door.try("Ada", "correct horse"), true);
});

test("a name that cannot be is told either way, an empty one only when it is tried", () => {
	const door = doorway("known");
	door.correct("name", "");
	assert.equal(door.fault, null);
	assert.equal(door.try("", "correct horse"), false);
	assert.deepEqual(door.fault, { field: "name", is: "empty" });
	door.correct("name", "ada lovelace");
	assert.deepEqual(door.fault, { field: "name", is: "characters" });
});

test("who meets a taken name may sign in, who meets an unknown one may use it", () => {
	const door = doorway();
	door.refuse(refusal("name_taken", "name"));
	assert.deepEqual([door.offer, door.fault?.field], ["sign-in", "name"]);
	door.take("known");
	assert.deepEqual([door.way, door.offer, door.fault], ["known", null, null]);
	door.refuse(refusal("unknown_name", "name"));
	assert.deepEqual([door.offer, door.fault?.field], ["use-it", "name"]);
});

test("other refusals offer nothing, and stand at the field they are about", () => {
	const door = doorway("known");
	door.refuse(refusal("wrong_password", "password"));
	assert.deepEqual([door.offer, door.fault?.field], [null, "password"]);
	for (const code of ["too_many", "busy", "offline", "name_reserved"]) {
		door.refuse(refusal(code));
		assert.deepEqual([door.offer, door.fault?.field], [null, "name"], code);
	}
});

test("writing takes a refusal and its offer away", () => {
	const door = doorway();
	door.refuse(refusal("name_taken", "name"));
	door.correct("name", "Adam");
	assert.deepEqual([door.offer, door.fault], [null, null]);
});

test("a new password has 8 to 256 characters, and is not the name", () => {
	const faults = ["", "1234567", "12345678", "ψ".repeat(256), "🔑".repeat(257), "ADA-LOVELACE"].map((password) =>
		passwordFault(password, "Ada-Lovelace"),
	);
	assert.deepEqual(faults, ["empty", "short", null, null, "long", "name"]);
});
