/** Describes a device from its `User-Agent` header. */

/** @typedef {{app: string | null, system: string | null, kind: "computer" | "phone" | "program"}} Description */

/** Many browsers also name other browsers: the first match is the right one. @type {[string, RegExp][]} */
const BROWSERS = [
	["Edge", /\bEdg(?:e|A|iOS)?\//],
	["Opera", /\bOPR\//],
	["Samsung Internet", /\bSamsungBrowser\//],
	["Vivaldi", /\bVivaldi\//],
	["Firefox", /\b(?:Firefox|FxiOS)\//],
	["Chrome", /(?:Chrome|CriOS|Chromium)\//],
	["Safari", /\bVersion\/\S+ .*\bSafari\//],
];

/** @type {[string, RegExp][]} */
const SYSTEMS = [
	["iPhone", /\biPhone\b/],
	["iPad", /\biPad\b/],
	["Android", /\bAndroid\b/],
	["Windows", /\bWindows\b/],
	["ChromeOS", /\bCrOS\b/],
	["macOS", /\bMacintosh\b/],
	["Linux", /\bLinux\b/],
];

const HANDHELD = ["iPhone", "iPad", "Android"];

/** Programs send `name/version`. */
const PROGRAM = /^([\w.-]{1,30})(?:\/|$)/;

/** @param {[string, RegExp][]} known @param {string} agent */
const firstMatch = (known, agent) => known.find(([, pattern]) => pattern.test(agent))?.[0] ?? null;

/** @param {string} agent the `User-Agent` header @returns {Description} null for unknown parts */
export function describeDevice(agent) {
	const [browser, system] = [firstMatch(BROWSERS, agent), firstMatch(SYSTEMS, agent)];
	const program = agent.startsWith("Mozilla/") ? null : (PROGRAM.exec(agent)?.[1] ?? null);
	if (!browser && program) return { app: program, system, kind: "program" };
	return { app: browser, system, kind: HANDHELD.includes(String(system)) ? "phone" : "computer" };
}
