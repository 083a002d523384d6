/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} BrowserStorage */

/** Key-value store in `localStorage`. Where the browser forbids it, values last as long as the page. */
export class LocalStore {
	#storage;
	/** @type {Map<string, string>} */
	#memory = new Map();

	/** @param {() => BrowserStorage} storage throws where the browser forbids it */
	constructor(storage) {
		this.#storage = storage;
	}

	/** @param {string} key @returns {string | null} */
	get(key) {
		return this.#try((storage) => storage.getItem(key)) ?? this.#memory.get(key) ?? null;
	}

	/** @param {string} key @param {string} value */
	set(key, value) {
		this.#memory.set(key, value);
		this.#try((storage) => storage.setItem(key, value));
	}

	/** Whether the value survives a reload. @param {string} key */
	isPersistent(key) {
		return this.#try((storage) => storage.getItem(key)) === this.get(key);
	}

	/** @param {string} key */
	delete(key) {
		this.#memory.delete(key);
		this.#try((storage) => storage.removeItem(key));
	}

	/** @template T @param {(storage: BrowserStorage) => T} use @returns {T | undefined} */
	#try(use) {
		try {
			return use(this.#storage());
		} catch {
			return undefined;
		}
	}
}
