import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal, removalFrom } from "../../static/js/model/base/refusal.js";
import { SignInForm } from "../../static/js/model/session/sign-in-form.js";
import { passwordFault } from "../../static/js/model/session/validation.js";

/** @param {string} code @param {string} [field] */
const refusal = (code, field) => new Refusal({ code, message: code, ...(field ? { field } : {}) });

/** @param {import("../../static/js/model/session/sign-in-form.js").Mode} [way] */
function doorway(way = "new") {
	const made = new SignInForm();
	made.take(way);
	return made;
}

/** @param {string} name @param {string} [password] @param {string} [repeat] */
const entered = (name, password = "", repeat = password) => ({ name, password, repeat });

test("a new name needs no password, a known one does", () => {
	assert.equal(doorway().try(entered("Ada", "")), true);
	const door = doorway("known");
	assert.equal(door.try(entered("Ada", "")), false);
	assert.deepEqual(door.fault, { field: "password", is: "noPassword" });
	assert.equal(door.try(entered("Ada", "correct horse")), true);
});

test("a name that cannot be is told either way, an empty one only when it is tried", () => {
	const door = doorway("known");
	door.correct("name", "");
	assert.equal(door.fault, null);
	assert.equal(door.try(entered("", "correct horse")), false);
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

test("where new names need a password, it is entered twice and must be a good one", () => {
	const door = doorway();
	door.learn({ registration: "password", users: true });
	for (const [given, fault] of /** @type {const} */ ([
		[entered("Ada"), { field: "password", is: "password.empty" }],
		[entered("Ada", "1234567"), { field: "password", is: "password.short" }],
		[entered("Ada", "correct horse", "correct house"), { field: "repeat", is: "repeat" }],
	])) {
		assert.equal(door.try(given), false);
		assert.deepEqual(door.fault, fault);
	}
	assert.equal(door.try(entered("Ada", "correct horse")), true);
});

test("where new people are not let in, only those who have a name are, unless they are invited", () => {
	for (const registration of /** @type {const} */ (["invite", "closed"])) {
		const door = doorway();
		door.learn({ registration, users: true });
		door.take("new");
		assert.deepEqual([door.way, door.takesNew, door.word], ["known", false, registration]);
		door.refuse(refusal("unknown_name", "name"));
		assert.equal(door.offer, null, "nobody can use it");
		door.learn({ registration, users: true, invitation: { role: "member", admits: true } });
		assert.deepEqual([door.way, door.needsPassword, door.word], ["new", true, "invited"]);
		door.learn({ registration, users: true, invitation: null });
		assert.deepEqual([door.way, door.word], ["known", "bad_invitation"]);
	}
});

test("an invitation that admits nobody new says at once that it is closed, and is for those who have a name", () => {
	const door = doorway();
	door.learn({ registration: "closed", users: true, invitation: { role: "moderator", admits: false } });
	door.take("new");
	assert.deepEqual([door.way, door.takesNew, door.word], ["known", false, "closed"]);
	door.refuse(refusal("unknown_name", "name"));
	assert.equal(door.offer, null, "nobody can use it");
});

test("what was closed after the invitation was looked at is learned from the refusal", () => {
	const door = doorway();
	door.learn({ registration: "invite", users: true, invitation: { role: "member", admits: true } });
	door.refuse(refusal("closed"));
	assert.deepEqual([door.way, door.takesNew, door.word], ["known", false, "closed"]);
});

test("an invitation that turns out to be over is told, and keeps nobody out where one comes in without", () => {
	const door = doorway();
	door.learn({ registration: "open", users: true, invitation: { role: "moderator", admits: true } });
	assert.equal(door.needsPassword, true);
	door.refuse(refusal("bad_invitation", "invitation"));
	assert.deepEqual([door.way, door.needsPassword, door.word], ["new", false, "bad_invitation"]);
	assert.equal(door.try(entered("Ada")), true);
});

test("what was not known beforehand is learned from a refusal", () => {
	const door = doorway();
	door.refuse(refusal("password_needed", "password"));
	assert.deepEqual([door.needsPassword, door.fault?.field], [true, "password"]);
	door.refuse(refusal("closed"));
	assert.deepEqual([door.way, door.word], ["known", "closed"]);
});

test("being banned tells until when and why", () => {
	const until = new Refusal({ code: "banned", message: "…", reason: "shouting: a lot", retry_after: 60 });
	assert.deepEqual(removalFrom(until, 1000), { reason: "shouting: a lot", until: 61_000 });
	assert.deepEqual(removalFrom(refusal("banned")), { reason: "", until: null });
});
