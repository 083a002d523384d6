import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { Refusal } from "../../model/base/refusal.js";
import { channelPath, invitationHash, invitationIn, placeAt, urlOf } from "../../model/lists/routes.js";

/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/lists/routes.js").DirectPlace} DirectPlace */
/** @typedef {import("../../model/world.js").World} World */

/** Keeps the place that is shown and the URL of the browser equal. */
export class Router {
	#world;
	#window;
	#findDirect;

	/**
	 * @param {World} world
	 * @param {Pick<Window, "location" | "history" | "addEventListener">} browser
	 * @param {(place: DirectPlace) => Promise<string>} findDirect returns the id of the direct conversation at a place
	 */
	constructor(world, browser, findDirect) {
		this.#world = world;
		this.#window = browser;
		this.#findDirect = findDirect;
	}

	start() {
		this.#window.addEventListener("popstate", () => this.#read());
		// The id of a direct conversation contains both user ids, so the session must be known first.
		this.#world.session.on("change", () => {
			const { place } = this.#world;
			if (place?.kind === "direct") this.#openDirect(place);
			else if (place) this.#openDefault();
		});
		this.#world.persons.on("change", () => this.#followRename());
		this.#read();
	}

	/** @param {Place} place */
	open(place) {
		const { pathname, search, hash = "" } = this.#window.location;
		const url = urlOf(place);
		if (url !== `${pathname}${search}${hash}`) this.#window.history.pushState(null, "", url);
		this.#show(place);
	}

	/** Reload the page at the same place. An opened invitation and an entered nickname are kept. */
	reload() {
		const { location, history } = this.#window;
		const { invitation, session, nickname } = this.#world;
		const state = session.state !== "signedIn" && nickname ? { nickname } : null;
		const hash = invitation ? invitationHash(invitation) : location.hash;
		history.replaceState(state, "", `${location.pathname}${location.search}${hash}`);
		location.reload();
	}

	#read() {
		const { pathname, search, hash = "" } = this.#window.location;
		const invitation = invitationIn(hash);
		const nickname = this.#window.history.state?.nickname ?? "";
		// Remove both from the URL and the history: the user may share the URL.
		if (invitation || nickname)
			this.#window.history.replaceState(null, "", `${pathname}${search}${invitation ? "" : hash}`);
		if (nickname) this.#world.nickname = nickname;
		if (invitation) this.#world.invitation = invitation;
		const place = placeAt({ pathname, search, hash });
		const canonical = place.kind === "channel" ? channelPath(pathname) : pathname;
		if (pathname !== canonical) this.#window.history.replaceState(null, "", `${canonical}${search}`);
		this.#show(place);
	}

	/** @param {Place} place */
	#show(place) {
		this.#world.place = place;
		this.#world.isResolving = false;
		if (place.kind === "channel") this.#world.open(place.id, place.message);
		else if (place.kind === "direct") this.#openDirect(place);
		else this.#openDefault();
	}

	/**
	 * Open the default channel if no conversation is open, so that the user can always go back to one. After a change of
	 * the user, a direct conversation of the previous user is no longer open.
	 */
	#openDefault() {
		if (!this.#world.current) this.#world.open(DEFAULT_CHANNEL);
	}

	/** @param {DirectPlace} place */
	async #openDirect(place) {
		if (this.#world.session.state !== "signedIn") return;
		const known = this.#world.directAt(place);
		if (known) this.#world.open(known, place.message);
		if (known && this.#world.conversationList.get(known)) return;
		this.#world.isResolving = !known;
		const found = await this.#findDirect(place).catch(Refusal.from);
		if (this.#world.place !== place) return;
		this.#world.isResolving = false;
		if (found instanceof Refusal) {
			if (!known || !found.passing) this.#goBack(found);
		} else if (!known) {
			this.#world.open(found, place.message);
		}
	}

	/**
	 * The server does not know the open conversation. If it names another one instead, open that; otherwise go back.
	 * @param {string} id
	 * @param {Refusal} refusal
	 */
	conversationUnknown(id, refusal) {
		const other = refusal.conversation ?? DEFAULT_CHANNEL;
		if (id === DEFAULT_CHANNEL || this.#world.current?.id !== id) return;
		const place = this.#world.placeFor(other);
		this.#window.history.replaceState(null, "", urlOf(place));
		this.#show(place);
		if (!refusal.conversation) this.#world.emit("refused", refusal);
	}

	/** The other user of a direct conversation was renamed or deleted: update the URL. */
	#followRename() {
		const { place, current, isResolving } = this.#world;
		if (place?.kind !== "direct" || !current?.with || isResolving) return;
		const renamed = this.#world.placeFor(current.id, place.message);
		if (urlOf(renamed) === urlOf(place)) return;
		this.#window.history.replaceState(null, "", urlOf(renamed));
		this.#world.place = renamed;
	}

	/** The place does not exist: show the open conversation again, or the default channel. @param {Refusal} refusal */
	#goBack(refusal) {
		const place = this.#world.placeFor(this.#world.current?.id ?? DEFAULT_CHANNEL);
		this.#window.history.replaceState(null, "", urlOf(place));
		this.#show(place);
		this.#world.emit("refused", refusal);
	}
}
