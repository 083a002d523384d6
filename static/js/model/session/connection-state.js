import { Emitter } from "../base/emitter.js";

/** @typedef {"off" | "connecting" | "live" | "waiting"} ConnectionStatus */

/**
 * The state of the connection to the server, for display.
 * @extends {Emitter<{change: void}>}
 */
export class ConnectionState extends Emitter {
	/** @type {ConnectionStatus} */
	#state = "off";
	#network = true;

	get state() {
		return this.#state;
	}

	set state(state) {
		if (state === this.#state) return;
		this.#state = state;
		this.emit("change");
	}

	/** Whether the browser reports a network connection. */
	get network() {
		return this.#network;
	}

	set network(network) {
		if (network === this.#network) return;
		this.#network = network;
		this.emit("change");
	}

	get live() {
		return this.#state === "live";
	}
}
