import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal, removalFrom } from "../../../../static/js/model/base/refusal.js";
import { SignInForm } from "../../../../static/js/model/session/sign-in-form.js";
import { passwordFault } from "../../../../static/js/model/session/validation.js";

/** @param {string} code @param {string} [field] */
const refusal = (code, field) => new Refusal({ code, message: code, ...(field ? { field } : {}) });

/** @param {import("../../../../static/js/model/session/sign-in-form.js").Mode} [mode] */
function signInForm(mode = "new") {
	const made = new SignInForm();
	made.setMode(mode);
	return made;
}

/** @param {string} name @param {string} [password] @param {string} [repeat] */
const entered = (name, password = "", repeat = password) => ({ name, password, repeat });

test("a new name needs no password, a known one does", () => {
	assert.equal(signInForm().validate(entered("Ada", "")), true);
	const door = signInForm("known");
	assert.equal(door.validate(entered("Ada", "")), false);
	assert.deepEqual(door.fault, { field: "password", is: "noPassword" });
	assert.equal(door.validate(entered("Ada", "correct horse")), true);
});

test("a name that cannot be is told either way, an empty one only when it is tried", () => {
	const door = signInForm("known");
	door.edit("name", "");
	assert.equal(door.fault, null);
	assert.equal(door.validate(entered("", "correct horse")), false);
	assert.deepEqual(door.fault, { field: "name", is: "empty" });
	door.edit("name", "ada lovelace");
	assert.deepEqual(door.fault, { field: "name", is: "characters" });
});

test("who meets a taken name may sign in, who meets an unknown one may use it", () => {
	const door = signInForm();
	door.fail(refusal("name_taken", "name"));
	assert.deepEqual([door.suggestion, door.fault?.field], ["sign-in", "name"]);
	door.setMode("known");
	assert.deepEqual([door.mode, door.suggestion, door.fault], ["known", null, null]);
	door.fail(refusal("unknown_name", "name"));
	assert.deepEqual([door.suggestion, door.fault?.field], ["use-it", "name"]);
});

test("other refusals offer nothing, and stand at the field they are about", () => {
	const door = signInForm("known");
	door.fail(refusal("wrong_password", "password"));
	assert.deepEqual([door.suggestion, door.fault?.field], [null, "password"]);
	for (const code of ["too_many", "busy", "offline", "name_reserved"]) {
		door.fail(refusal(code));
		assert.deepEqual([door.suggestion, door.fault?.field], [null, "name"], code);
	}
});

test("writing takes a refusal and its offer away", () => {
	const door = signInForm();
	door.fail(refusal("name_taken", "name"));
	door.edit("name", "Adam");
	assert.deepEqual([door.suggestion, door.fault], [null, null]);
});

test("a new password has 8 to 256 characters, and is not the name", () => {
	const faults = ["", "1234567", "12345678", "ψ".repeat(256), "🔑".repeat(257), "ADA-LOVELACE"].map((password) =>
		passwordFault(password, "Ada-Lovelace"),
	);
	assert.deepEqual(faults, ["empty", "short", null, null, "long", "name"]);
});

test("where new names need a password, it is entered twice and must be a good one", () => {
	const door = signInForm();
	door.setRegistration({ registration: "password", users: true });
	for (const [given, fault] of /** @type {const} */ ([
		[entered("Ada"), { field: "password", is: "password.empty" }],
		[entered("Ada", "1234567"), { field: "password", is: "password.short" }],
		[entered("Ada", "correct horse", "correct house"), { field: "repeat", is: "repeat" }],
	])) {
		assert.equal(door.validate(given), false);
		assert.deepEqual(door.fault, fault);
	}
	assert.equal(door.validate(entered("Ada", "correct horse")), true);
});

test("where new people are not let in, only those who have a name are, unless they are invited", () => {
	for (const registration of /** @type {const} */ (["invite", "closed"])) {
		const door = signInForm();
		door.setRegistration({ registration, users: true });
		door.setMode("new");
		assert.deepEqual([door.mode, door.allowsRegistration, door.notice], ["known", false, registration]);
		door.fail(refusal("unknown_name", "name"));
		assert.equal(door.suggestion, null, "nobody can use it");
		door.setRegistration({ registration, users: true, invitation: { role: "member", admits: true } });
		assert.deepEqual([door.mode, door.needsPassword, door.notice], ["new", true, "invited"]);
		door.setRegistration({ registration, users: true, invitation: null });
		assert.deepEqual([door.mode, door.notice], ["known", "bad_invitation"]);
	}
});

test("an invitation that admits nobody new says at once that it is closed, and is for those who have a name", () => {
	const door = signInForm();
	door.setRegistration({ registration: "closed", users: true, invitation: { role: "moderator", admits: false } });
	door.setMode("new");
	assert.deepEqual([door.mode, door.allowsRegistration, door.notice], ["known", false, "closed"]);
	door.fail(refusal("unknown_name", "name"));
	assert.equal(door.suggestion, null, "nobody can use it");
});

test("what was closed after the invitation was looked at is learned from the refusal", () => {
	const door = signInForm();
	door.setRegistration({ registration: "invite", users: true, invitation: { role: "member", admits: true } });
	door.fail(refusal("closed"));
	assert.deepEqual([door.mode, door.allowsRegistration, door.notice], ["known", false, "closed"]);
});

test("an invitation that turns out to be over is told, and keeps nobody out where one comes in without", () => {
	const door = signInForm();
	door.setRegistration({ registration: "open", users: true, invitation: { role: "moderator", admits: true } });
	assert.equal(door.needsPassword, true);
	door.fail(refusal("bad_invitation", "invitation"));
	assert.deepEqual([door.mode, door.needsPassword, door.notice], ["new", false, "bad_invitation"]);
	assert.equal(door.validate(entered("Ada")), true);
});

test("what was not known beforehand is learned from a refusal", () => {
	const door = signInForm();
	door.fail(refusal("password_needed", "password"));
	assert.deepEqual([door.needsPassword, door.fault?.field], [true, "password"]);
	door.fail(refusal("closed"));
	assert.deepEqual([door.mode, door.notice], ["known", "closed"]);
});

test("being banned tells until when and why", () => {
	const until = new Refusal({ code: "banned", message: "…", reason: "shouting: a lot", retry_after: 60 });
	assert.deepEqual(removalFrom(until, 1000), { reason: "shouting: a lot", until: 61_000 });
	assert.deepEqual(removalFrom(refusal("banned")), { reason: "", until: null });
});
