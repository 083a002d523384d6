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
