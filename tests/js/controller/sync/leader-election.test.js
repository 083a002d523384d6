import assert from "node:assert/strict";
import { test } from "node:test";
import { LeaderElection } from "../../../../static/js/controller/sync/leader-election.js";
import { Session } from "../../../../static/js/model/session/session.js";
import { ada, bob, settled } from "../../support.js";

/** The Web Locks API of one browser, for one lock. */
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
				this.#queue = this.#queue.filter((waiting) => waiting !== grant);
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

/** A tab without a session. @param {FakeLocks} [locks] */
function tab(locks) {
	const session = new Session();
	return { session, election: new LeaderElection(/** @type {any} */ (locks), session) };
}

/** Two tabs of one browser, in which Ada is signed in. The first one leads. */
function twoTabs() {
	const locks = new FakeLocks();
	const [one, two] = [tab(locks), tab(locks)];
	for (const { session } of [one, two]) session.signIn(ada);
	return { locks, one, two, leading: () => [one.election.isLeader, two.election.isLeader] };
}

test("the first tab leads, and the second one after the first is closed", () => {
	const { locks, leading } = twoTabs();
	assert.deepEqual(leading(), [true, false]);
	locks.close();
	assert.deepEqual(leading(), [true, true]);
});

test("a tab that takes over leads, and the other tab no longer does", async () => {
	const { one, two, leading } = twoTabs();
	two.election.takeOver();
	await settled();
	assert.deepEqual(leading(), [false, true]);
	one.election.takeOver();
	await settled();
	assert.deepEqual(leading(), [true, false]);
	one.session.end("left");
	await settled();
	assert.deepEqual(leading(), [false, true]);
});

test("a tab leads only while a user is signed in", async () => {
	const { one, two, leading } = twoTabs();
	two.session.end("left");
	one.session.end("ended");
	await settled();
	assert.deepEqual(leading(), [false, false]);
	one.election.takeOver();
	two.session.signIn(bob);
	await settled();
	assert.deepEqual(leading(), [false, true]);
	one.session.signIn(bob);
	two.session.end("left");
	await settled();
	assert.deepEqual(leading(), [true, false]);
});

test("without locks every signed-in tab leads", () => {
	const { session, election } = tab();
	assert.equal(election.isLeader, false);
	session.signIn(ada);
	assert.equal(election.isLeader, true);
	session.end("left");
	assert.equal(election.isLeader, false);
});
