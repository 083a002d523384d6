import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal, removalFrom } from "../../../../static/js/model/base/refusal.js";
import { SignInForm } from "../../../../static/js/model/session/sign-in-form.js";

/** @param {string} code @param {string} [field] */
const refusal = (code, field) => new Refusal({ code, message: code, ...(field ? { field } : {}) });

/** @param {import("../../../../static/js/model/session/sign-in-form.js").Mode} [mode] */
function signInForm(mode = "new") {
	const form = new SignInForm();
	form.setMode(mode);
	return form;
}

/** @param {string} name @param {string} [password] @param {string} [repeat] */
const entered = (name, password = "", repeat = password) => ({ name, password, repeat });

test("registration needs no password, sign-in does", () => {
	assert.equal(signInForm().validate(entered("Ada", "")), true);
	const form = signInForm("known");
	assert.equal(form.validate(entered("Ada", "")), false);
	assert.deepEqual(form.fault, { field: "password", is: "noPassword" });
	assert.equal(form.validate(entered("Ada", "correct horse")), true);
});

test("an invalid name is reported in both modes, an empty one only on submit", () => {
	const form = signInForm("known");
	form.edit("name", "");
	assert.equal(form.fault, null);
	assert.equal(form.validate(entered("", "correct horse")), false);
	assert.deepEqual(form.fault, { field: "name", is: "empty" });
	form.edit("name", "ada lovelace");
	assert.deepEqual(form.fault, { field: "name", is: "characters" });
});

test("a taken name suggests signing in, an unknown name suggests registering it", () => {
	const form = signInForm();
	form.fail(refusal("name_taken", "name"));
	assert.deepEqual([form.suggestion, form.fault?.field], ["sign-in", "name"]);
	form.setMode("known");
	assert.deepEqual([form.mode, form.suggestion, form.fault], ["known", null, null]);
	form.fail(refusal("unknown_name", "name"));
	assert.deepEqual([form.suggestion, form.fault?.field], ["use-it", "name"]);
});

test("other refusals suggest nothing and are shown at their field", () => {
	const form = signInForm("known");
	form.fail(refusal("wrong_password", "password"));
	assert.deepEqual([form.suggestion, form.fault?.field], [null, "password"]);
	for (const code of ["too_many", "busy", "offline", "name_reserved"]) {
		form.fail(refusal(code));
		assert.deepEqual([form.suggestion, form.fault?.field], [null, "name"], code);
	}
});

test("typing clears a refusal and its suggestion", () => {
	const form = signInForm();
	form.fail(refusal("name_taken", "name"));
	form.edit("name", "Adam");
	assert.deepEqual([form.suggestion, form.fault], [null, null]);
});

test("if registration needs a password, it is entered twice and checked", () => {
	const form = signInForm();
	form.setRegistration({ registration: "password", users: true });
	for (const [values, fault] of /** @type {const} */ ([
		[entered("Ada"), { field: "password", is: "password.empty" }],
		[entered("Ada", "1234567"), { field: "password", is: "password.short" }],
		[entered("Ada", "correct horse", "correct house"), { field: "repeat", is: "repeat" }],
	])) {
		assert.equal(form.validate(values), false);
		assert.deepEqual(form.fault, fault);
	}
	assert.equal(form.validate(entered("Ada", "correct horse")), true);
});

test("without open registration only sign-in is possible, unless there is an invitation", () => {
	for (const registration of /** @type {const} */ (["invite", "closed"])) {
		const form = signInForm();
		form.setRegistration({ registration, users: true });
		form.setMode("new");
		assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, registration]);
		form.fail(refusal("unknown_name", "name"));
		assert.equal(form.suggestion, null, "registration is not possible");
		form.setRegistration({ registration, users: true, invitation: { role: "member", admits: true } });
		assert.deepEqual([form.mode, form.needsPassword, form.notice], ["new", true, "invited"]);
		form.setRegistration({ registration, users: true, invitation: null });
		assert.deepEqual([form.mode, form.notice], ["known", "bad_invitation"]);
	}
});

test("with closed registration an invitation that admits no new user only allows sign-in", () => {
	const form = signInForm();
	form.setRegistration({ registration: "closed", users: true, invitation: { role: "moderator", admits: false } });
	form.setMode("new");
	assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, "closed"]);
	form.fail(refusal("unknown_name", "name"));
	assert.equal(form.suggestion, null, "registration is not possible");
});

test("registration that was closed after the invitation was checked shows in the refusal", () => {
	const form = signInForm();
	form.setRegistration({ registration: "invite", users: true, invitation: { role: "member", admits: true } });
	form.fail(refusal("closed"));
	assert.deepEqual([form.mode, form.allowsRegistration, form.notice], ["known", false, "closed"]);
});

test("an invalid invitation is reported, and open registration still works without it", () => {
	const form = signInForm();
	form.setRegistration({ registration: "open", users: true, invitation: { role: "moderator", admits: true } });
	assert.equal(form.needsPassword, true);
	form.fail(refusal("bad_invitation", "invitation"));
	assert.deepEqual([form.mode, form.needsPassword, form.notice], ["new", false, "bad_invitation"]);
	assert.equal(form.validate(entered("Ada")), true);
});

test("the form learns the registration mode from a refusal", () => {
	const form = signInForm();
	form.fail(refusal("password_needed", "password"));
	assert.deepEqual([form.needsPassword, form.fault?.field], [true, "password"]);
	form.fail(refusal("closed"));
	assert.deepEqual([form.mode, form.notice], ["known", "closed"]);
});

test("a ban has its end and its reason", () => {
	const banned = new Refusal({ code: "banned", message: "…", reason: "shouting: a lot", retry_after: 60 });
	assert.deepEqual(removalFrom(banned, 1000), { reason: "shouting: a lot", until: 61_000 });
	assert.deepEqual(removalFrom(refusal("banned")), { reason: "", until: null });
});
