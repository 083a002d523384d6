/** What a nickname and a channel name may be, and which address of the browser is which channel. */

export const MAX_NAME_CHARS = 20;
export const DEFAULT_CHANNEL = "#ting";

/** Addresses that are something else than a channel. */
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
]);

const CHANNEL_NAME = /^[a-z0-9_.-]{1,20}$/;

/** Small and capital letters of Latin and Greek, of ordinary width, digits, and the symbols that may stand in a nickname. */
const NICKNAME =
	/^(?:(?=[\p{Script=Latin}\p{Script=Greek}])(?![\uFF00-\uFFEF])[\p{Lu}\p{Ll}\p{Lt}]|[0-9.,/?~!@#$%^&*()\-_=+[\]{}\\|'"`;:])+$/u;

/** Addresses mean something else by them. */
const DOT_SEGMENT = /^\.{1,2}$/;

/** @param {string} text */
export const codePoints = (text) => {
	let count = 0;
	for (const _ of text) count += 1;
	return count;
};

/**
 * What is wrong with a nickname, as far as the client can tell.
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
	const small = name.toLowerCase();
	return CHANNEL_NAME.test(small) && !RESERVED.has(small) ? `#${small}` : null;
}

/**
 * The channel an address of the browser stands for; null if it stands for none.
 * @param {string} path
 * @returns {string | null}
 */
export function channelAt(path) {
	if (path === "/" || path === "") return DEFAULT_CHANNEL;
	try {
		return channelId(decodeURIComponent(path.slice(1)));
	} catch {
		return null;
	}
}

/** @param {string} conversation @returns {string} */
export function pathOf(conversation) {
	return conversation === DEFAULT_CHANNEL ? "/" : `/${conversation.slice(1)}`;
}
