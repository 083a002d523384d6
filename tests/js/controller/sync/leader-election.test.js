import assert from "node:assert/strict";
import { test } from "node:test";
import { LeaderElection } from "../../../../static/js/controller/sync/leader-election.js";
import { Session } from "../../../../static/js/model/session/session.js";
import { ada, bob, settled } from "../../support.js";

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
	return { session, election: new LeaderElection(/** @type {any} */ (locks), session) };
}

/** Two tabs of one browser, in which Ada is: the first leads. */
function adasTabs() {
	const locks = new FakeLocks();
	const [one, two] = [tab(locks), tab(locks)];
	for (const { session } of [one, two]) session.signIn(ada);
	return { locks, one, two, isLeader: () => [one.election.isLeader, two.election.isLeader] };
}

test("of two tabs the first leads, and the other when the first is closed", () => {
	const { locks, isLeader } = adasTabs();
	assert.deepEqual(isLeader(), [true, false]);
	locks.close();
	assert.deepEqual(isLeader(), [true, true]);
});

test("a tab that takes over leads, and the other one no longer does", async () => {
	const { one, two, isLeader } = adasTabs();
	two.election.takeOver();
	await settled();
	assert.deepEqual(isLeader(), [false, true]);
	one.election.takeOver();
	await settled();
	assert.deepEqual(isLeader(), [true, false]);
	one.session.end("left");
	await settled();
	assert.deepEqual(isLeader(), [false, true]);
});

test("a tab leads only while somebody is in it", async () => {
	const { one, two, isLeader } = adasTabs();
	two.session.end("left");
	one.session.end("ended");
	await settled();
	assert.deepEqual(isLeader(), [false, false]);
	one.election.takeOver();
	two.session.signIn(bob);
	await settled();
	assert.deepEqual(isLeader(), [false, true]);
	one.session.signIn(bob);
	two.session.end("left");
	await settled();
	assert.deepEqual(isLeader(), [true, false]);
});

test("without locks every tab leads in which somebody is", () => {
	const { session, election } = tab();
	assert.equal(election.isLeader, false);
	session.signIn(ada);
	assert.equal(election.isLeader, true);
	session.end("left");
	assert.equal(election.isLeader, false);
});
