/** Stores the outbox in IndexedDB. Without IndexedDB (some private windows), entries last as long as the page. */

/** @typedef {import("../../model/conversation/outbox.js").Entry} Entry */
/** @typedef {import("../../model/conversation/outbox.js").Store} Store */

const DATABASE = "ting";
const VERSION = 1;
const STORE = "outbox";
const BY_USER = "user";

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/** @implements {Store} */
export class OutboxStore {
	/** @type {Promise<IDBDatabase>} */
	#database;

	/** @param {IDBFactory} factory */
	constructor(factory) {
		const request = factory.open(DATABASE, VERSION);
		request.onupgradeneeded = () => {
			request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex(BY_USER, "user");
		};
		this.#database = result(request);
		this.#database.catch(warn);
	}

	/** @param {string} user @returns {Promise<Entry[]>} */
	async load(user) {
		try {
			const store = (await this.#database).transaction(STORE).objectStore(STORE);
			return await result(store.index(BY_USER).getAll(user));
		} catch (error) {
			warn(error);
			return [];
		}
	}

	/** @param {Entry} entry */
	put(entry) {
		this.#write((store) => store.put(entry));
	}

	/** @param {string} id */
	drop(id) {
		this.#write((store) => store.delete(id));
	}

	/** Writes are applied in the order of the calls. @param {(store: IDBObjectStore) => IDBRequest} write */
	#write(write) {
		this.#database
			.then((database) => {
				const transaction = database.transaction(STORE, "readwrite");
				const written = result(write(transaction.objectStore(STORE)));
				// Commit now: a transaction that waits for a page is aborted when the page is closed.
				transaction.commit();
				return written;
			})
			.catch(warn);
	}
}

/** @param {unknown} error */
function warn(error) {
	console.warn("The outbox cannot be kept in this browser.", error);
}
