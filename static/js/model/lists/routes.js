/** The places of the client and their addresses in the browser. */

import { channelAt, DEFAULT_CHANNEL, pathOf } from "../base/names.js";

/**
 * @typedef {{kind: "channel", id: string, message?: string | undefined}} ChannelPlace with `message`: at this message
 * @typedef {{kind: "direct", name: string, user?: string, message?: string | undefined}} DirectPlace with the user of
 *   this id, if it is known, and name; without a name if that leads nowhere any more
 * @typedef {{kind: "search", query: SearchQuery}} SearchPlace
 * @typedef {{kind: "channels"}} ChannelsPlace the directory
 * @typedef {{kind: "settings", section: string}} SettingsPlace at one of their sections, or at the beginning
 * @typedef {ChannelPlace | DirectPlace | SearchPlace | ChannelsPlace | SettingsPlace} Place
 *
 * @typedef {object} SearchQuery what is looked for, as in the address
 * @property {string} q
 * @property {string} [in] a conversation's id
 * @property {string} [from] a user's name
 * @property {string} [after] a day, YYYY-MM-DD
 * @property {string} [before] a day, YYYY-MM-DD
 */

const FILTERS = /** @type {const} */ (["in", "from", "after", "before"]);

/** A message's id is a UUID. */
const MESSAGE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Stands before the id of a user: longer together than any name. */
const USER_ID = /^~([0-9a-f]{20})$/;

/** @param {string} path @returns {DirectPlace | null} */
function directAt(path) {
	const written = path.match(/^\/u\/([^/]+)$/)?.[1];
	try {
		const name = written && decodeURIComponent(written);
		const user = name?.match(USER_ID)?.[1];
		return user ? { kind: "direct", name: "", user } : name ? { kind: "direct", name } : null;
	} catch {
		return null;
	}
}

/** Where the private with somebody is. @param {import("../base/protocol.js").Person} person @returns {DirectPlace} */
export const directWith = ({ id, name, former }) => ({ kind: "direct", name: former ? "" : name, user: id });

/** @param {URLSearchParams} given @returns {SearchQuery} */
function queryIn(given) {
	/** @type {SearchQuery} */
	const query = { q: given.get("q") ?? "" };
	for (const name of FILTERS) {
		const value = given.get(name);
		if (value) query[name] = value;
	}
	return query;
}

/**
 * What an address stands for; the default channel if for nothing.
 * @param {{pathname: string, search: string, hash?: string}} address
 * @returns {Place}
 */
export function placeAt({ pathname, search, hash = "" }) {
	const given = new URLSearchParams(search);
	if (pathname === "/search") return { kind: "search", query: queryIn(given) };
	if (pathname === "/settings") return { kind: "settings", section: hash.slice(1) };
	if (pathname === "/channels") return { kind: "channels" };
	const message = given.get("m") ?? "";
	const at = MESSAGE_ID.test(message) ? { message } : {};
	const found = directAt(pathname);
	if (found) return { ...found, ...at };
	return { kind: "channel", id: channelAt(pathname) ?? DEFAULT_CHANNEL, ...at };
}

/** The token of the invitation that an address is; a fragment, which browsers tell nobody. @param {string} hash @returns {string | null} */
export const invitationIn = (hash) => /^#invitation=([\w-]+)$/.exec(hash)?.[1] ?? null;

/** @param {string} token */
export const invitationHash = (token) => `#invitation=${token}`;

/** @param {Place} place @returns {string} */
export function urlOf(place) {
	if (place.kind === "channels") return "/channels";
	if (place.kind === "settings") return place.section ? `/settings#${place.section}` : "/settings";
	if (place.kind === "search") return `/search?${new URLSearchParams({ ...place.query })}`;
	const path = place.kind === "direct" ? directPath(place) : pathOf(place.id);
	return place.message ? `${path}?m=${place.message}` : path;
}

/** @param {DirectPlace} place */
const directPath = ({ name, user }) => `/u/${name || !user ? encodeURIComponent(name) : `~${user}`}`;

/** What stands in the title and where one is about to go. @param {Place} place */
export const labelOf = (place) =>
	place.kind === "direct" ? place.name && `@${place.name}` : place.kind === "channel" ? place.id : "";

/** How the address of a channel is written: `/JaZZ` is `/jazz`, and what is no channel is the default one. @param {string} path */
export function channelPath(path) {
	const id = channelAt(path);
	return id && path !== "/" ? `/${id.slice(1)}` : "/";
}
