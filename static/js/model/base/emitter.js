/** Event emitter: the only way in which the model notifies its listeners. */

/** @template {Record<string, unknown>} Events */
export class Emitter {
	/** @type {Map<keyof Events, Set<(detail: any) => void>>} */
	#listeners = new Map();

	/**
	 * @template {keyof Events} Name
	 * @param {Name} name
	 * @param {(detail: Events[Name]) => void} listener
	 * @returns {() => void} stops listening
	 */
	on(name, listener) {
		const listeners = this.#listeners.get(name) ?? new Set();
		this.#listeners.set(name, listeners.add(listener));
		return () => listeners.delete(listener);
	}

	/**
	 * @template {keyof Events} Name
	 * @param {Name} name
	 * @param {Events[Name]} [detail]
	 */
	emit(name, detail) {
		for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(detail);
	}
}
