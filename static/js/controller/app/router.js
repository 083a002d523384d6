import { DEFAULT_CHANNEL } from "../../model/base/names.js";
import { Refusal } from "../../model/base/refusal.js";
import { channelPath, invitationHash, invitationIn, placeAt, urlOf } from "../../model/lists/routes.js";

/** @typedef {import("../../model/lists/routes.js").Place} Place */
/** @typedef {import("../../model/lists/routes.js").DirectPlace} DirectPlace */
/** @typedef {import("../../model/world.js").World} World */

/** Keeps the place that is shown and the address of the browser the same. */
export class Router {
	#world;
	#window;
	#findDirect;
	/**
	 * @param {World} world
	 * @param {Pick<Window, "location" | "history" | "addEventListener">} browser
	 * @param {(place: DirectPlace) => Promise<string>} findPrivate the id of the private at this place
	 */
	constructor(world, browser, findPrivate) {
		this.#world = world;
		this.#window = browser;
		this.#findDirect = findPrivate;
	}

	start() {
		this.#window.addEventListener("popstate", () => this.#read());
		// A private is between two people: who I am must be known first.
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

	/** Load the page anew: in the same place, with the invitation that was opened and the nickname that is written. */
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
		// Whoever is shown this address next is not invited, and has another name.
		if (invitation || nickname)
			this.#window.history.replaceState(null, "", `${pathname}${search}${invitation ? "" : hash}`);
		if (nickname) this.#world.nickname = nickname;
		if (invitation) this.#world.invitation = invitation;
		const place = placeAt({ pathname, search, hash });
		const right = place.kind === "channel" ? channelPath(pathname) : pathname;
		if (pathname !== right) this.#window.history.replaceState(null, "", `${right}${search}`);
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

	/** There is always a conversation to go back to. The last person's private is none. */
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

	/** Whoever the private is with was renamed, or left: the address leads there under what they are called now. */
	#followRename() {
		const { place, current, isResolving } = this.#world;
		if (place?.kind !== "direct" || !current?.with || isResolving) return;
		const now = this.#world.placeFor(current.id, place.message);
		if (urlOf(now) === urlOf(place)) return;
		this.#window.history.replaceState(null, "", urlOf(now));
		this.#world.place = now;
	}

	/** There is no such place: go where one was, or to the beginning. @param {Refusal} refusal */
	#goBack(refusal) {
		const place = this.#world.placeFor(this.#world.current?.id ?? DEFAULT_CHANNEL);
		this.#window.history.replaceState(null, "", urlOf(place));
		this.#show(place);
		this.#world.emit("refused", refusal);
	}
}
