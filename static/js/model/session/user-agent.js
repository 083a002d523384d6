/** Describes a device by its header `User-Agent`. */

/** @typedef {{app: string | null, system: string | null, kind: "computer" | "phone" | "program"}} Description */

/** Many browsers claim to be others as well: the first that fits is the right one. @type {[string, RegExp][]} */
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

/** A program says `name/version`, and no more that would be of use. */
const PROGRAM = /^([\w.-]{1,30})(?:\/|$)/;

/** @param {[string, RegExp][]} known @param {string} agent */
const first = (known, agent) => known.find(([, sign]) => sign.test(agent))?.[0] ?? null;

/** @param {string} agent as in the header `User-Agent` @returns {Description} null for what it does not tell */
export function describeDevice(agent) {
	const [browser, system] = [first(BROWSERS, agent), first(SYSTEMS, agent)];
	const program = agent.startsWith("Mozilla/") ? null : (PROGRAM.exec(agent)?.[1] ?? null);
	if (!browser && program) return { app: program, system, kind: "program" };
	return { app: browser, system, kind: HANDHELD.includes(String(system)) ? "phone" : "computer" };
}
