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
	const form = signInForm("known");
	assert.equal(form.validate(entered("Ada", "")), false);
	assert.deepEqual(form.fault, { field: "password", is: "noPassword" });
	assert.equal(form.validate(entered("Ada", "correct horse")), true);
});

test("a name that cannot be is told either way, an empty one only when it is tried", () => {
	const form = signInForm("known");
	form.edit("name", "");
	assert.equal(form.fault, null);
	assert.equal(form.validate(entered("", "correct horse")), false);
	assert.deepEqual(form.fault, { field: "name", is: "empty" });
	form.edit("name", "ada lovelace");
	assert.deepEqual(form.fault, { field: "name", is: "characters" });
});

test("who meets a taken name may sign in, who meets an unknown one may use it", () => {
	const form = signInForm();
	form.fail(refusal("name_taken", "name"));
	assert.deepEqual([form.suggestion, form.fault?.field], ["sign-in", "name"]);
	form.setMode("known");
	assert.deepEqual([form.mode, form.suggestion, form.fault], ["known", null, null]);
	form.fail(refusal("unknown_name", "name"));
	assert.deepEqual([form.suggestion, form.fault?.field], ["use-it", "name"]);
});

test("other refusals offer nothing, and stand at the field they are about", () => {
	const form = signInForm("known");
	form.fail(refusal("wrong_password", "password"));
	assert.deepEqual([form.suggestion, form.fault?.field], [null, "password"]);
	for (const code of ["too_many", "busy", "offline", "name_reserved"]) {
		form.fail(refusal(code));
		assert.deepEqual([form.suggestion, form.fault?.field], [null, "name"], code);
	}
});

test("writing takes a refusal and its offer away", () => {
	const form = signInForm();
	form.fail(refusal("name_taken", "name"));
	form.edit("name", "Adam");
	assert.deepEqual([form.suggestion, form.fault], [null, null]);
});

test("a new password has 8 to 256 characters, and is not the name", () => {
	const faults = ["", "1234567", "12345678", "ψ".repeat(256), "🔑".repeat(257), "ADA-LOVELACE"].map((password) =>
		passwordFault(password, "Ada-Lovelace"),
	);
	assert.deepEqual(faults, ["empty", "short", null, null, "long", "name"]);
});

test("where new names need a password, it is entered twice and must be a good one", () => {
	const form = signInForm();
	form.setRegistration({ registration: "password", users: true });
	for (const [given, fault] of /** @type {const} */ ([
		[entered("Ada"), { field: "password", is: "password.empty" }],
		[entered("Ada", "1234567"), { field: "password", is: "password.short" }],
		[entered("Ada", "correct horse", "correct house"), { field: "repeat", is: "repeat" }],
	])) {
		assert.equal(form.validate(given), false);
		assert.deepEqual(form.fault, fault);
	}
	assert.equal(form.validate(entered("Ada", "correct horse")), true);
});

test("where new people are not let in, only those who have a name are, unless they are invited", () => {
	for (const registration of /** @type {const} */ (["invite", "closed"])) {
		const form = signInForm();
		form.setRegistration({ registration, users: true });
		form.setMode("new");
		assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, registration]);
		form.fail(refusal("unknown_name", "name"));
		assert.equal(form.suggestion, null, "nobody can use it");
		form.setRegistration({ registration, users: true, invitation: { role: "member", admits: true } });
		assert.deepEqual([form.mode, form.needsPassword, form.notice], ["new", true, "invited"]);
		form.setRegistration({ registration, users: true, invitation: null });
		assert.deepEqual([form.mode, form.notice], ["known", "bad_invitation"]);
	}
});

test("an invitation that admits nobody new says at once that it is closed, and is for those who have a name", () => {
	const form = signInForm();
	form.setRegistration({ registration: "closed", users: true, invitation: { role: "moderator", admits: false } });
	form.setMode("new");
	assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, "closed"]);
	form.fail(refusal("unknown_name", "name"));
	assert.equal(form.suggestion, null, "nobody can use it");
});

test("what was closed after the invitation was looked at is learned from the refusal", () => {
	const form = signInForm();
	form.setRegistration({ registration: "invite", users: true, invitation: { role: "member", admits: true } });
	form.fail(refusal("closed"));
	assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, "closed"]);
});

test("an invitation that turns out to be over is told, and keeps nobody out where one comes in without", () => {
	const form = signInForm();
	form.setRegistration({ registration: "open", users: true, invitation: { role: "moderator", admits: true } });
	assert.equal(form.needsPassword, true);
	form.fail(refusal("bad_invitation", "invitation"));
	assert.deepEqual([form.mode, form.needsPassword, form.notice], ["new", false, "bad_invitation"]);
	assert.equal(form.validate(entered("Ada")), true);
});

test("what was not known beforehand is learned from a refusal", () => {
	const form = signInForm();
	form.fail(refusal("password_needed", "password"));
	assert.deepEqual([form.needsPassword, form.fault?.field], [true, "password"]);
	form.fail(refusal("closed"));
	assert.deepEqual([form.mode, form.notice], ["known", "closed"]);
});

test("being banned tells until when and why", () => {
	const until = new Refusal({ code: "banned", message: "…", reason: "shouting: a lot", retry_after: 60 });
	assert.deepEqual(removalFrom(until, 1000), { reason: "shouting: a lot", until: 61_000 });
	assert.deepEqual(removalFrom(refusal("banned")), { reason: "", until: null });
});
