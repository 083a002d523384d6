import assert from "node:assert/strict";
import { test } from "node:test";
import { LeaderElection } from "../../static/js/controller/sync/leader-election.js";
import { Session } from "../../static/js/model/session/session.js";
import { ada, bob, settled } from "./support.js";

/** Web Locks of one browser, as far as one lock needs them. */
class FakeLocks {
	/** @type {{reject: (error: Error) => void} | null} */
	#holder = null;
	/** @type {(() => void)[]} */
	#queue = [];

	/** @param {string} _name @param {any} options @param {any} callback @returns {Promise<any>} */
	request(_name, options, callback) {
		return new Promise((resolve, reject) => {
			const grant = () => {
				const held = { reject };
				this.#holder = held;
				Promise.resolve(callback({})).then((result) => {
					resolve(result);
					if (this.#holder === held) this.close();
				});
			};
			options.signal?.addEventListener("abort", () => {
				if (!this.#queue.includes(grant)) return;
				this.#queue = this.#queue.filter((each) => each !== grant);
				reject(options.signal.reason);
			});
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

/** A tab in which nobody is yet. @param {FakeLocks} [locks] */
function tab(locks) {
	const session = new Session();
	return { session, leadership: new LeaderElection(/** @type {any} */ (locks), session) };
}

/** Two tabs of one browser, in which Ada is: the first leads. */
function adasTabs() {
	const locks = new FakeLocks();
	const [one, two] = [tab(locks), tab(locks)];
	for (const { session } of [one, two]) session.enter(ada);
	return { locks, one, two, leads: () => [one.leadership.leads, two.leadership.leads] };
}

test("of two tabs the first leads, and the other when the first is closed", () => {
	const { locks, leads } = adasTabs();
	assert.deepEqual(leads(), [true, false]);
	locks.close();
	assert.deepEqual(leads(), [true, true]);
});

test("a tab that takes over leads, and the other one no longer does", async () => {
	const { one, two, leads } = adasTabs();
	two.leadership.takeOver();
	await settled();
	assert.deepEqual(leads(), [false, true]);
	one.leadership.takeOver();
	await settled();
	assert.deepEqual(leads(), [true, false]);
	one.session.leave("left");
	await settled();
	assert.deepEqual(leads(), [false, true]);
});

test("a tab leads only while somebody is in it", async () => {
	const { one, two, leads } = adasTabs();
	two.session.leave("left");
	one.session.leave("ended");
	await settled();
	assert.deepEqual(leads(), [false, false]);
	one.leadership.takeOver();
	two.session.enter(bob);
	await settled();
	assert.deepEqual(leads(), [false, true]);
	one.session.enter(bob);
	two.session.leave("left");
	await settled();
	assert.deepEqual(leads(), [true, false]);
});

test("without locks every tab leads in which somebody is", () => {
	const { session, leadership } = tab();
	assert.equal(leadership.leads, false);
	session.enter(ada);
	assert.equal(leadership.leads, true);
	session.leave("left");
	assert.equal(leadership.leads, false);
});
