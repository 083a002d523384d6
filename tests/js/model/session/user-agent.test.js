import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDevice } from "../../../../static/js/model/session/user-agent.js";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";

/** @type {[string, ReturnType<typeof describeDevice>][]} */
const DEVICES = [
	[
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
		{ app: "Firefox", system: "Linux", kind: "computer" },
	],
	[`${WINDOWS} ${WEBKIT} Chrome/128.0.0.0 Safari/537.36`, { app: "Chrome", system: "Windows", kind: "computer" }],
	[
		`${WINDOWS} ${WEBKIT} Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0`,
		{ app: "Edge", system: "Windows", kind: "computer" },
	],
	[
		`${MAC} ${WEBKIT} Chrome/127.0.0.0 Safari/537.36 OPR/113.0.0.0`,
		{ app: "Opera", system: "macOS", kind: "computer" },
	],
	[`${MAC} AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15`, { app: "Safari", system: "macOS", kind: "computer" }],
	[`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, { app: "Safari", system: "iPhone", kind: "phone" }],
	[`${IPHONE} CriOS/128.0.0.0 Mobile/15E148 Safari/604.1`, { app: "Chrome", system: "iPhone", kind: "phone" }],
	[`${IPHONE} FxiOS/130.0 Mobile/15E148 Safari/605.1.15`, { app: "Firefox", system: "iPhone", kind: "phone" }],
	[
		`Mozilla/5.0 (Linux; Android 14; SM-S921B) ${WEBKIT} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
		{ app: "Samsung Internet", system: "Android", kind: "phone" },
	],
	[
		`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36`,
		{ app: "Chrome", system: "ChromeOS", kind: "computer" },
	],
];

test("a browser is described with its system, whatever other names its header contains", () => {
	for (const [agent, described] of DEVICES) assert.deepEqual(describeDevice(agent), described, agent);
});

test("a program is described by its own name", () => {
	assert.deepEqual(describeDevice("curl/8.5.0"), { app: "curl", system: null, kind: "program" });
	assert.deepEqual(describeDevice("python-requests/2.32"), { app: "python-requests", system: null, kind: "program" });
});

test("an unknown header yields nulls", () => {
	const nothing = { app: null, system: null, kind: "computer" };
	for (const agent of ["", "Mozilla/5.0", "<b>me</b>", "x".repeat(4000)])
		assert.deepEqual(describeDevice(agent), nothing);
});
