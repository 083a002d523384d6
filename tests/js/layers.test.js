import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../static/js/", import.meta.url);

/** The layers that each layer may import. */
const ALLOWED = { model: ["model"], controller: ["controller", "model"], view: ["view", "model"] };

/**
 * The folders of each layer, the lowest first. A module imports only its own folder and those of earlier rows.
 * `""` stands for files of the layer outside of its folders, and `actions.js` for this file of the views.
 */
const FOLDERS = {
	model: [["base"], ["text"], ["lists", "completion"], ["conversation", "session"], [""]],
	controller: [["storage", "net"], ["api"], ["sync"], ["app"]],
	view: [
		["actions.js"],
		["ui"],
		["format"],
		["card", "composer", "message", "search", "sidebar", "sign-in"],
		["timeline", "header", "notifications"],
		["settings"],
		["shell"],
	],
};

/**
 * Ways to turn a string into markup or code, and mutable state of a module, which all clients of a test would share.
 */
const FORBIDDEN = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|^let |^var /m;

/** Imports in code and in JSDoc types. */
const IMPORT = /\bfrom "(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/g;

/** @typedef {{name: string, text: string, uses: string[]}} Module */

/** @param {string} name @returns {Module} */
function read(name) {
	const text = readFileSync(new URL(name, ROOT), "utf8");
	const paths = [...text.matchAll(IMPORT)].map(([, code, type]) => new URL(String(code ?? type), new URL(name, ROOT)));
	return { name, text, uses: paths.map(({ href }) => href.slice(ROOT.href.length)) };
}

const MODULES = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
	.filter((file) => file.endsWith(".js"))
	.map((file) => read(file.replaceAll("\\", "/")));

/** @param {string} layer */
const modulesOf = (layer) => MODULES.filter(({ name }) => name.startsWith(`${layer}/`));

/** The folder of a module in its layer. @param {string} name @param {string[][]} rows */
function folderOf(name, rows) {
	const [, folder = "", ...rest] = name.split("/");
	if (rest.length > 0) return folder;
	return rows.flat().includes(folder) ? folder : "";
}

for (const [layer, allowed] of Object.entries(ALLOWED)) {
	test(`a ${layer} imports only from ${allowed.join(" and ")}`, () => {
		for (const { name, uses } of modulesOf(layer)) {
			for (const used of uses) assert.ok(allowed.includes(String(used.split("/")[0])), `${name} imports ${used}`);
		}
	});

	test(`a ${layer} cannot turn text into markup or code, and has no mutable module state`, () => {
		for (const { name, text } of modulesOf(layer)) assert.doesNotMatch(text, FORBIDDEN, name);
	});
}

for (const [layer, rows] of Object.entries(FOLDERS)) {
	/** @param {string} name */
	const rowOf = (name) => rows.findIndex((folders) => folders.includes(folderOf(name, rows)));

	test(`every folder of the ${layer} imports only lower folders`, () => {
		for (const { name, uses } of modulesOf(layer)) {
			assert.notEqual(rowOf(name), -1, `${name} is in an unknown folder`);
			for (const used of uses.filter((path) => path.startsWith(`${layer}/`))) {
				const isOwn = folderOf(used, rows) === folderOf(name, rows);
				assert.ok(isOwn || rowOf(used) < rowOf(name), `${name} imports ${used}`);
			}
		}
	});
}

test("there are no import cycles", () => {
	const uses = new Map(MODULES.map((module) => [module.name, module.uses]));
	/** @type {Set<string>} */
	const done = new Set();
	/** @param {string} name @param {readonly string[]} path the import chain up to it */
	const visit = (name, path) => {
		assert.ok(!path.includes(name), `${[...path, name].join(" imports ")}`);
		if (done.has(name)) return;
		for (const used of uses.get(name) ?? []) visit(used, [...path, name]);
		done.add(name);
	};
	for (const { name } of MODULES) visit(name, []);
});

test("a model uses neither the DOM nor the network", () => {
	for (const { name, text } of modulesOf("model")) {
		assert.doesNotMatch(text, /\b(document|window|navigator|fetch|WebSocket|localStorage|indexedDB)\b[.(]/, name);
	}
});
