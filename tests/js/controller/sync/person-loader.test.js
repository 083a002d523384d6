import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { PersonLoader } from "../../../../static/js/controller/sync/person-loader.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { PersonDirectory } from "../../../../static/js/model/lists/person-directory.js";
import { fakeTimers, settled } from "../../support.js";

beforeEach(fakeTimers);

const ada = { id: "a", name: "ada", avatar: "1" };

test("unknown ids are requested together, once, with retries until there is an answer", async () => {
	const persons = new PersonDirectory();
	/** @type {string[][]} */
	const requests = [];
	const api = {
		/** @param {string[]} ids */
		async persons(ids) {
			requests.push(ids);
			if (requests.length === 1) throw Refusal.offline();
			return [ada];
		},
	};
	new PersonLoader(persons, api, () => 1);
	assert.equal(persons.find("a"), undefined);
	persons.find("a");
	persons.find("nobody");
	mock.timers.tick(50);
	await settled();
	mock.timers.tick(60_000);
	await settled();
	assert.deepEqual(requests, [
		["a", "nobody"],
		["a", "nobody"],
	]);
	assert.equal(persons.find("a"), ada);
	assert.equal(persons.find("nobody"), undefined);
	mock.timers.tick(60_000);
	await settled();
	assert.equal(requests.length, 2);
});
