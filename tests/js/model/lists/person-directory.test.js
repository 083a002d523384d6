import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Conversation } from "../../../../static/js/model/conversation/conversation.js";
import { PersonDirectory } from "../../../../static/js/model/lists/person-directory.js";
import { fakeTimers, message } from "../../support.js";

beforeEach(fakeTimers);

const ada = { id: "a", name: "ada", avatar: "1" };
const bob = { id: "b", name: "bob", avatar: "1" };

test("a user is shown in the latest known state everywhere", () => {
	const persons = new PersonDirectory();
	const conversation = new Conversation("#ting", persons);
	conversation.receive(message({ seq: 1, author: ada }));
	conversation.participants.replace([ada, bob]);
	persons.update([{ ...ada, avatar: "2" }]);
	assert.equal(persons.current(ada).avatar, "2");
	assert.equal(conversation.participants.all[0]?.avatar, "2");
});

test("only a real change is emitted and raises the version", () => {
	const persons = new PersonDirectory();
	/** @type {string[][]} */
	const changes = [];
	persons.on("change", (changed) => changes.push([...changed]));
	persons.update([ada, bob]);
	persons.update([ada, { ...bob }]);
	assert.deepEqual([changes, persons.version("a")], [[["a", "b"]], 0]);
	persons.update([ada, { ...bob, avatar: "2" }]);
	assert.deepEqual([changes[1], persons.version("a"), persons.version("b")], [["b"], 0, 1]);
});

test("an outdated state does not give a lost name back", () => {
	const persons = new PersonDirectory();
	persons.update([{ id: "a", name: "", former: true }]);
	persons.update([ada]);
	assert.equal(persons.current(ada).name, "");
});
