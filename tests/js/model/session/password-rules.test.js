import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CommonPasswords } from "../../../../static/js/controller/storage/common-passwords.js";
import { PasswordRules } from "../../../../static/js/model/session/password-rules.js";

/** @param {string} path @returns {string} */
const read = (path) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

const { host, name, email, examples } = JSON.parse(read("tests/passwords.json"));

/** Rules whose list loads as in the browser. */
function passwordRules() {
	const rules = new PasswordRules();
	rules.host = host;
	const loads = { count: 0 };
	new CommonPasswords(rules, async () => {
		loads.count += 1;
		return read("static/passwords/common.txt");
	});
	return { rules, loads };
}

test("the browser refuses what the server refuses, for the same reason", async () => {
	const { rules } = passwordRules();
	const isLoaded = new Promise((resolve) => rules.on("change", resolve));
	rules.prepare();
	await isLoaded;
	for (const [password, fault] of examples) assert.equal(rules.fault(password, name, email), fault, password);
});

test("the list of common passwords is loaded once, when a password is about to be typed", async () => {
	const { rules, loads } = passwordRules();
	assert.equal(rules.fault("Summer2026", name), null, "the list is not there yet");
	const isLoaded = new Promise((resolve) => rules.on("change", resolve));
	rules.prepare();
	rules.prepare();
	await isLoaded;
	rules.prepare();
	assert.deepEqual([loads.count, rules.fault("Summer2026", name)], [1, "common"]);
});

test("without a fault, a longer password is stronger", () => {
	const rules = new PasswordRules();
	const strengths = ["19871204", "k7#mQ2xz", "correct horse", "correct horse battery"].map((password) =>
		rules.strength(password, name),
	);
	assert.deepEqual(strengths, [0, 1, 2, 3]);
});
