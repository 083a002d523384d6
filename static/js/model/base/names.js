/** The rules for nicknames and channel names, and the URL paths of channels. */

export const MAX_NAME_CHARS = 20;
export const DEFAULT_CHANNEL = "#ting";

/** Paths that the server uses for something else: no channel can have these names. */
const RESERVED = new Set([
	".",
	"..",
	"api",
	"channels",
	"files",
	"search",
	"settings",
	"u",
	"static",
	"healthz",
	"readyz",
	"metrics",
	"favicon.ico",
	"robots.txt",
	"sw.js",
	"manifest.webmanifest",
	"apple-touch-icon.png",
	"asyncapi.json",
	"openapi.json",
	"security.txt",
	"sitemap.xml",
]);

/** Lowercase letters of all scripts with their marks, digits, and three symbols; nothing that cannot be seen. */
const CHANNEL_NAME =
	/^(?!\p{M})(?!.*\p{Default_Ignorable_Code_Point})[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}_.-]{1,20}$/u;

/** Latin and Greek letters (not in full width), digits, and the symbols that a nickname may contain. */
const NICKNAME =
	/^(?:(?=[\p{Script=Latin}\p{Script=Greek}])(?![\uFF00-\uFFEF])[\p{Lu}\p{Ll}\p{Lt}]|[0-9.,/?~!@#$%^&*()\-_=+[\]{}\\|'"`;:])+$/u;

/** `.` and `..` have a special meaning in a URL path. */
const DOT_SEGMENT = /^\.{1,2}$/;

/** @param {string} text */
export const codePoints = (text) => {
	let count = 0;
	for (const _ of text) count += 1;
	return count;
};

/**
 * What is wrong with a nickname, as far as the client can check it.
 * @param {string} name
 * @returns {"empty" | "long" | "dots" | "characters" | null}
 */
export function nicknameFault(name) {
	if (name === "") return "empty";
	const composed = name.normalize("NFC");
	if (codePoints(composed) > MAX_NAME_CHARS) return "long";
	if (DOT_SEGMENT.test(composed)) return "dots";
	return NICKNAME.test(composed) ? null : "characters";
}

/**
 * The id of the channel with this name; null if no channel can have it.
 * @param {string} name
 * @returns {string | null}
 */
export function channelId(name) {
	const stored = name.normalize("NFKC").toLowerCase().normalize("NFKC");
	return CHANNEL_NAME.test(stored) && !RESERVED.has(stored) ? `#${stored}` : null;
}

/**
 * The id of the channel at a URL path; null if there is none.
 * @param {string} path
 * @returns {string | null}
 */
export function channelAt(path) {
	if (path === "/" || path === "") return DEFAULT_CHANNEL;
	try {
		return channelId(decodeURIComponent(path.replace(/^(\/[^/]+)\/+$/, "$1").slice(1)));
	} catch {
		return null;
	}
}

/** The URL path of a channel, as browsers report it. @param {string} conversation @returns {string} */
export function pathOf(conversation) {
	return conversation === DEFAULT_CHANNEL ? "/" : `/${encodeURIComponent(conversation.slice(1))}`;
}
