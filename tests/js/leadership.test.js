import assert from "node:assert/strict";
import { test } from "node:test";
import { Leadership } from "../../static/js/controller/leadership.js";
import { settled } from "./support.js";

/** Web Locks of one browser, as far as one lock needs them. */
class FakeLocks {
	/** @type {{reject: (error: Error) => void} | null} */
	#holder = null;
	/** @type {(() => void)[]} */
	#queue = [];

	/** @param {string} _name @param {any} options @param {any} callback @returns {Promise<any>} */
	request(_name, options, callback) {
		return new Promise((_resolve, reject) => {
			const grant = () => {
				this.#holder = { reject };
				callback({});
			};
			if (options.steal) {
				this.#holder?.reject(new Error("stolen"));
				grant();
			} else if (this.#holder) this.#queue.push(grant);
			else grant();
		});
	}

	/** The tab that holds the lock was closed. */
	close() {
		this.#holder = null;
		this.#queue.shift()?.();
	}
}

test("of two tabs the first leads, and the other when the first is closed", async () => {
	const locks = new FakeLocks();
	const [one, two] = [new Leadership(/** @type {any} */ (locks)), new Leadership(/** @type {any} */ (locks))];
	one.start();
	two.start();
	assert.deepEqual([one.leads, two.leads], [true, false]);
	locks.close();
	assert.equal(two.leads, true);
});

test("a tab that takes over leads, and the other one no longer does", async () => {
	const locks = new FakeLocks();
	const [one, two] = [new Leadership(/** @type {any} */ (locks)), new Leadership(/** @type {any} */ (locks))];
	one.start();
	two.takeOver();
	await settled();
	assert.deepEqual([one.leads, two.leads], [false, true]);
});

test("without locks every tab leads", () => {
	const alone = new Leadership(undefined);
	alone.start();
	assert.equal(alone.leads, true);
});
