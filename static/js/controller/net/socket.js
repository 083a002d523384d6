import { Emitter } from "../../model/base/emitter.js";
import { CLOSE_CODES, SUBPROTOCOL } from "../../model/base/protocol.js";
import { Refusal } from "../../model/base/refusal.js";
import { backoffMs, spreadMs } from "./backoff.js";
import { PendingRequests } from "./pending-requests.js";

/** @typedef {import("../../model/base/protocol.js").Event} Event */
/** @typedef {import("../../model/base/protocol.js").Welcome} Welcome */
/** @typedef {import("../../model/session/connection-state.js").ConnectionState} ConnectionState */

/** After this time without a frame, a ping is sent. */
export const SILENCE_MS = 15_000;
/** Without an answer to the ping in this time, the connection counts as dead. */
export const ANSWER_MS = 10_000;
/** A connection that lasted this long resets the backoff. */
export const STABLE_MS = 10_000;

/** The browser's code for a connection that ended without a close frame. */
const ABNORMAL_CLOSURE = 1006;

/**
 * The websocket of the client: opens it, detects a dead connection, and reconnects with backoff.
 * Emits `live` with the server's welcome, `down` when a connection ended, and `ended` when it will not reconnect.
 *
 * @extends {Emitter<{live: Welcome, frame: Event, down: {code: number, welcomed: boolean}, ended: void}>}
 */
export class Socket extends Emitter {
	#connection;
	#url;
	#connect;
	#random;
	#requests = new PendingRequests();
	/** @type {WebSocket | null} */
	#socket = null;
	#wanted = false;
	#attempt = 0;
	#liveSince = 0;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#retryTimer;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#silenceTimer;

	/**
	 * @param {ConnectionState} connection
	 * @param {string} url
	 * @param {{connect?: (url: string, protocol: string) => WebSocket, random?: () => number}} [options]
	 */
	constructor(connection, url, { connect = (to, protocol) => new WebSocket(to, protocol), random = Math.random } = {}) {
		super();
		this.#connection = connection;
		this.#url = url;
		this.#connect = connect;
		this.#random = random;
	}

	get live() {
		return this.#connection.live;
	}

	start() {
		if (this.#wanted) return;
		this.#wanted = true;
		this.#attempt = 0;
		this.#open();
	}

	stop() {
		this.#wanted = false;
		clearTimeout(this.#retryTimer);
		const socket = this.#release();
		socket?.close();
		this.#connection.state = "off";
		this.#requests.rejectAll();
		if (socket) this.emit("down", { code: ABNORMAL_CLOSURE, welcomed: true });
	}

	/**
	 * Send a request.
	 * @param {{type: string} & Record<string, unknown>} command without its ref
	 * @returns {Promise<any>} the answer; rejected with a Refusal, with the code `offline` if the connection was lost
	 */
	request(command) {
		const socket = this.#socket;
		if (!this.live || !socket) return Promise.reject(Refusal.offline());
		const { ref, answer } = this.#requests.open();
		socket.send(JSON.stringify({ ...command, ref }));
		return answer;
	}

	/**
	 * Send a frame that the server does not answer. Without a live connection it is dropped.
	 * @param {{type: string} & Record<string, unknown>} command
	 */
	send(command) {
		if (this.live) this.#socket?.send(JSON.stringify(command));
	}

	/** The browser's network or visibility changed: check a live connection, or reconnect without waiting. */
	reconnectNow() {
		if (!this.#wanted) return;
		if (this.live) this.#ping();
		else if (!this.#socket) this.#open();
	}

	#open() {
		clearTimeout(this.#retryTimer);
		this.#connection.state = "connecting";
		const socket = this.#connect(this.#url, SUBPROTOCOL);
		this.#socket = socket;
		socket.onmessage = ({ data }) => this.#receive(data);
		socket.onclose = ({ code }) => this.#lost(code);
		this.#restartTimer(SILENCE_MS, () => this.#abandon());
	}

	/** @param {string} data */
	#receive(data) {
		this.#restartTimer(SILENCE_MS, () => (this.live ? this.#ping() : this.#abandon()));
		/** @type {Event} */
		const event = JSON.parse(data);
		if (event.type === "welcome") this.#welcomed(event);
		else if (!this.#requests.settle(event)) this.emit("frame", event);
	}

	/** @param {Welcome} welcome */
	#welcomed(welcome) {
		this.#liveSince = Date.now();
		this.#connection.state = "live";
		this.emit("live", welcome);
	}

	#ping() {
		this.request({ type: "ping" }).catch(() => {});
		this.#restartTimer(ANSWER_MS, () => this.#abandon());
	}

	/** The closing handshake can take very long on a dead network, so the connection counts as closed now. */
	#abandon() {
		this.#release()?.close();
		this.#lost(ABNORMAL_CLOSURE);
	}

	/** @param {number} code */
	#lost(code) {
		this.#release();
		const welcomed = this.live;
		if (welcomed && Date.now() - this.#liveSince >= STABLE_MS) this.#attempt = 0;
		this.#connection.state = "waiting";
		this.#requests.rejectAll();
		this.emit("down", { code, welcomed });
		if (code === CLOSE_CODES.SESSION_ENDED || code === CLOSE_CODES.BANNED) this.#end();
		else if (this.#wanted && !this.#socket) this.#scheduleReconnect(code);
	}

	#end() {
		this.stop();
		this.emit("ended");
	}

	/** @param {number} code */
	#scheduleReconnect(code) {
		const spread = code === CLOSE_CODES.RESTART;
		const pause = spread ? spreadMs(this.#random) : backoffMs(this.#attempt, this.#random);
		this.#attempt += 1;
		this.#retryTimer = setTimeout(() => this.#open(), pause);
	}

	/** Ignore the current connection from now on. */
	#release() {
		clearTimeout(this.#silenceTimer);
		const socket = this.#socket;
		this.#socket = null;
		if (socket) socket.onmessage = socket.onclose = null;
		return socket;
	}

	/** @param {number} ms @param {() => void} onTimeout */
	#restartTimer(ms, onTimeout) {
		clearTimeout(this.#silenceTimer);
		this.#silenceTimer = setTimeout(onTimeout, ms);
	}
}
