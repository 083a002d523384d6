import assert from "node:assert/strict";
import { test } from "node:test";
import { Preferences } from "../../../../static/js/model/session/preferences.js";

test("account settings are copied to the browser, and missing ones stay as they are", () => {
	const localStore = new Map();
	const preferences = new Preferences(localStore);
	let changes = 0;
	preferences.on("change", () => {
		changes += 1;
	});
	preferences.applyAccount({ language: "el", theme: "dark" });
	preferences.applyAccount({ language: "el" });
	assert.deepEqual([preferences.language, preferences.theme, changes], ["el", "dark", 1]);
	assert.equal(new Preferences(localStore).theme, "dark");
	preferences.applyAccount({ theme: null });
	assert.deepEqual([preferences.language, preferences.theme, changes], ["el", null, 2]);
});

test("which columns are closed is remembered on the device", () => {
	const localStore = new Map();
	const preferences = new Preferences(localStore);
	assert.deepEqual([preferences.isClosed("list"), preferences.isClosed("people")], [false, false]);
	preferences.setClosed("people", true);
	const later = new Preferences(localStore);
	assert.deepEqual([later.isClosed("list"), later.isClosed("people")], [false, true]);
	later.setClosed("people", false);
	assert.ok(!new Preferences(localStore).isClosed("people"));
});
