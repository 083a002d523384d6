/** The places of the client and their URLs. */

import { channelAt, pathOf } from "../base/names.js";

/**
 * @typedef {{kind: "channel", id: string, message?: string | undefined}} ChannelPlace with `message`: scrolled
 *   to this message
 * @typedef {{kind: "direct", name: string, user?: string, message?: string | undefined}} DirectPlace with the user
 *   of this name, and of this id if it is known; without a name if the user lost it
 * @typedef {{kind: "search", query: SearchQuery}} SearchPlace
 * @typedef {{kind: "channels"}} ChannelsPlace the channel directory
 * @typedef {{kind: "settings", section: string}} SettingsPlace at a section, or at the top
 * @typedef {{kind: "nowhere", path: string}} Nowhere a path at which there is nothing
 * @typedef {ChannelPlace | DirectPlace | SearchPlace | ChannelsPlace | SettingsPlace | Nowhere} Place
 *
 * @typedef {object} SearchQuery the parameters of a search, as in the URL
 * @property {string} q
 * @property {string} [in] a conversation's id
 * @property {string} [from] a user's name
 * @property {string} [after] a day, YYYY-MM-DD
 * @property {string} [before] a day, YYYY-MM-DD
 */

const FILTERS = /** @type {const} */ (["in", "from", "after", "before"]);

/** A message's id is a UUID. */
const MESSAGE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A user id instead of a name: longer than any name can be. */
const USER_ID = /^~([0-9a-f]{20})$/;

/** @param {string} path @returns {DirectPlace | null} */
function directAt(path) {
	const segment = path.match(/^\/u\/([^/]+)$/)?.[1];
	try {
		const name = segment && decodeURIComponent(segment);
		const user = name?.match(USER_ID)?.[1];
		return user ? { kind: "direct", name: "", user } : name ? { kind: "direct", name } : null;
	} catch {
		return null;
	}
}

/**
 * The place of the direct conversation with a user.
 * @param {import("../base/protocol.js").Person} person
 * @returns {DirectPlace}
 */
export const directWith = ({ id, name, former }) => ({ kind: "direct", name: former ? "" : name, user: id });

/** @param {URLSearchParams} parameters @returns {SearchQuery} */
function queryIn(parameters) {
	/** @type {SearchQuery} */
	const query = { q: parameters.get("q") ?? "" };
	for (const name of FILTERS) {
		const value = parameters.get(name);
		if (value) query[name] = value;
	}
	return query;
}

/**
 * The place at a URL.
 * @param {{pathname: string, search: string, hash?: string}} url
 * @returns {Place}
 */
export function placeAt({ pathname, search, hash = "" }) {
	const parameters = new URLSearchParams(search);
	if (pathname === "/search") return { kind: "search", query: queryIn(parameters) };
	if (pathname === "/settings") return { kind: "settings", section: hash.slice(1) };
	if (pathname === "/channels") return { kind: "channels" };
	const message = parameters.get("m") ?? "";
	const target = MESSAGE_ID.test(message) ? { message } : {};
	const direct = directAt(pathname);
	if (direct) return { ...direct, ...target };
	const id = channelAt(pathname);
	return id ? { kind: "channel", id, ...target } : { kind: "nowhere", path: pathname };
}

/**
 * The token of an invitation link. It is in the fragment because browsers do not send that to any server.
 * @param {string} hash
 * @returns {string | null}
 */
export const invitationIn = (hash) => /^#invitation=([\w-]+)$/.exec(hash)?.[1] ?? null;

/** @param {string} token */
export const invitationHash = (token) => `#invitation=${token}`;

/** @param {Place} place @returns {string} */
export function urlOf(place) {
	if (place.kind === "channels") return "/channels";
	if (place.kind === "nowhere") return place.path;
	if (place.kind === "settings") return place.section ? `/settings#${place.section}` : "/settings";
	if (place.kind === "search") return `/search?${new URLSearchParams({ ...place.query })}`;
	const path = place.kind === "direct" ? directPath(place) : pathOf(place.id);
	return place.message ? `${path}?m=${place.message}` : path;
}

/** @param {DirectPlace} place */
const directPath = ({ name, user }) => `/u/${name || !user ? encodeURIComponent(name) : `~${user}`}`;

/** The short name of a place, for the title of the page and while it is being loaded. @param {Place} place */
export const labelOf = (place) =>
	place.kind === "direct" ? place.name && `@${place.name}` : place.kind === "channel" ? place.id : "";

/** The canonical path of a channel: `/JaZZ` becomes `/jazz`. @param {string} path */
export function channelPath(path) {
	const id = channelAt(path);
	return id && path !== "/" ? `/${encodeURIComponent(id.slice(1))}` : "/";
}
