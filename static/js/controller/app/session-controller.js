import { Refusal, removalFrom } from "../../model/base/refusal.js";
import { backoffMs, sleep } from "../net/backoff.js";

/** @typedef {import("../../model/world.js").World} World */
/** @typedef {import("../api/account-api.js").AccountApi} AccountApi */
/** @typedef {import("../net/socket.js").Socket} Socket */

/** Signs in and out, and keeps the session, the socket and the outbox in the state that the server reports. */
export class SessionController {
	#world;
	#api;
	#socket;
	#random;
	/** True until the server has answered. It may close the websocket before the answer arrives. */
	#isSigningOut = false;

	/**
	 * @param {World} world
	 * @param {Pick<AccountApi, "signIn" | "signOut" | "currentUser">} api
	 * @param {Pick<Socket, "on" | "start" | "stop">} socket
	 * @param {() => number} [random]
	 */
	constructor(world, api, socket, random = Math.random) {
		this.#world = world;
		this.#api = api;
		this.#socket = socket;
		this.#random = random;
		world.session.on("change", () => this.#changed());
		socket.on("live", ({ me }) => world.session.signIn(me));
		socket.on("down", ({ welcomed }) => welcomed || this.#check());
		socket.on("ended", () => this.#check());
	}

	/** Request the session until the server answers. Before that, nothing can be shown. */
	async start() {
		for (let attempt = 0; this.#world.session.state === "unknown"; attempt += 1) {
			if (!(await this.#check())) await sleep(backoffMs(attempt, this.#random));
		}
	}

	/**
	 * Register a new name, or sign in with a password.
	 * @param {string} name
	 * @param {string} [password]
	 * @param {boolean} [create] register the name with this password
	 */
	async signIn(name, password, create = false) {
		const isNew = password === undefined || create;
		const { invitation } = this.#world;
		const credentials = {
			name,
			...(password === undefined ? {} : { password }),
			...(create ? { create } : {}),
			...(isNew && invitation ? { invitation } : {}),
		};
		const me = await this.#api.signIn(credentials).catch((error) => {
			// The next attempt is sent without the invitation.
			if (Refusal.from(error).code === "bad_invitation") this.#world.invitation = null;
			throw error;
		});
		// After signing in to an existing account, the account controller redeems the invitation.
		if (isNew) this.#world.invitation = null;
		this.#world.session.signIn(me);
	}

	async signOut() {
		this.#isSigningOut = true;
		try {
			await this.#api.signOut();
			this.#world.session.end("left");
		} catch (error) {
			if (Refusal.from(error).code !== "no_session") throw error;
			this.#world.session.end("left");
		} finally {
			this.#isSigningOut = false;
		}
	}

	/**
	 * Request the session. A refused websocket handshake does not say why; this request does.
	 * @returns {Promise<boolean>} whether the server answered
	 */
	async #check() {
		try {
			const me = await this.#api.currentUser();
			if (!me) return this.#ended();
			this.#world.session.signIn(me);
			this.#socket.start();
			return true;
		} catch (error) {
			const refusal = Refusal.from(error);
			if (refusal.code === "banned") this.#world.session.end("banned", removalFrom(refusal));
			else if (refusal.code !== "no_session") return false;
			return this.#ended();
		}
	}

	#ended() {
		this.#world.session.end(this.#isSigningOut ? "left" : "ended");
		return true;
	}

	#changed() {
		const { session, outbox } = this.#world;
		this.#world.clear();
		if (session.me) {
			outbox.open(session.me);
			this.#socket.start();
		} else {
			this.#socket.stop();
			outbox.close();
		}
	}
}
