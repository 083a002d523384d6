import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../static/js/", import.meta.url);

/** Which layer may use which. */
const ALLOWED = { model: ["model"], controller: ["controller", "model"], view: ["view", "model"] };

/** Ways from a string to markup or code, and state that every tab of a test would share. */
const FORBIDDEN = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|^let |^var /m;

/** @param {string} layer */
const sources = (layer) =>
	readdirSync(new URL(`${layer}/`, ROOT), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".js"))
		.map((file) => ({
			name: `${layer}/${file}`,
			text: readFileSync(new URL(`${layer}/${file}`, ROOT), "utf8"),
		}));

for (const [layer, allowed] of Object.entries(ALLOWED)) {
	test(`a ${layer} imports only from ${allowed.join(" and ")}`, () => {
		for (const { name, text } of sources(layer)) {
			for (const [, path] of text.matchAll(/^import .*from "(.*)";$/gm)) {
				const used = new URL(String(path), new URL(name, ROOT)).href.slice(ROOT.href.length).split("/")[0];
				assert.ok(allowed.includes(String(used)), `${name} imports ${path}`);
			}
		}
	});

	test(`a ${layer} has no way from text to markup or code, and no state of its module`, () => {
		for (const { name, text } of sources(layer)) assert.doesNotMatch(text, FORBIDDEN, name);
	});
}

test("a model knows neither page nor network", () => {
	for (const { name, text } of sources("model")) {
		assert.doesNotMatch(text, /\b(document|window|navigator|fetch|WebSocket|localStorage|indexedDB)\b[.(]/, name);
	}
});
