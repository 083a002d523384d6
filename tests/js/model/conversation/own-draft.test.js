import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Conversation } from "../../../../static/js/model/conversation/conversation.js";
import { LOST_AFTER_MS, OwnDraft } from "../../../../static/js/model/conversation/own-draft.js";
import { ada, fakeTimers, message } from "../../support.js";

beforeEach(fakeTimers);

/** @param {string | null} id @param {string | null} text */
const mine = (id, text, position = 3) => ({ id: String(id), author: ada, position, text });

/** Somebody wrote this here, and the server knows it. @param {string} text */
function written(text) {
	const draft = new OwnDraft();
	draft.write(text);
	draft.markSynced({ id: String(draft.id), text });
	return draft;
}

test("a draft keeps its id while it has letters; after erasing or sending, another one begins", () => {
	const draft = new OwnDraft();
	draft.write("h");
	const first = draft.id;
	draft.write("hello");
	assert.equal(draft.id, first);
	assert.equal(draft.commit(), first);
	assert.equal(draft.commit(), null);
	draft.write("next");
	const second = draft.id;
	assert.notEqual(second, first);
	draft.write("");
	assert.equal(draft.id, null);
	draft.write("again");
	assert.notEqual(draft.id, second);
});

test("what is kept comes back under the same id", () => {
	const draft = written("hello");
	const again = new OwnDraft();
	again.restore(JSON.parse(JSON.stringify(draft.stored)));
	assert.deepEqual([again.id, again.text], [draft.id, "hello"]);
});

test("the place is known while the server keeps it", () => {
	const draft = written("hello");
	draft.merge([mine(draft.id, "")]);
	assert.equal(draft.positionOf(String(draft.id)), 3);
	draft.merge([mine(draft.id, null)]);
	assert.equal(draft.positionOf(String(draft.id)), undefined);
	assert.equal(draft.text, "hello");
});

test("a message that is being sent keeps its place until it is there", () => {
	const conversation = new Conversation("#ting");
	conversation.draft.write("hello");
	const id = String(conversation.draft.commit());
	conversation.draft.merge([mine(id, "", 4)]);
	assert.equal(conversation.draft.positionOf(id), 4);
	conversation.receive(message({ seq: 1, id }));
	assert.equal(conversation.draft.positionOf(id), undefined);
});

test("an empty composer can go on with what another device types, and then holds it under the same id", () => {
	const draft = new OwnDraft();
	draft.merge([mine("there", "I am on my w")]);
	assert.equal(draft.continuable?.text, "I am on my w");
	let put = 0;
	draft.on("replaced", () => {
		put += 1;
	});
	draft.continueHere();
	assert.deepEqual([draft.id, draft.text, draft.continuable, put], ["there", "I am on my w", null, 1]);
});

test("a composer with a text of its own offers nothing, and loses nothing", () => {
	const draft = written("mine");
	draft.merge([mine("there", "elsewhere")]);
	assert.equal(draft.continuable, null);
	draft.continueHere();
	assert.equal(draft.elsewhere, null);
});

test("what another device writes no more is not offered", () => {
	const draft = new OwnDraft();
	draft.merge([mine("there", "I am")]);
	draft.merge([mine("there", null)]);
	assert.equal(draft.continuable, null);
	draft.merge([mine("there", "I am")]);
	draft.merge([], true);
	assert.equal(draft.continuable, null);
});

test("what was sent from here is never offered again", () => {
	const draft = written("hello");
	const id = draft.commit();
	draft.merge([mine(id, "hello")]);
	assert.equal(draft.continuable, null);
});

test("writing here outweighs what another device wrote under the same id", () => {
	const draft = written("he");
	draft.merge([mine(draft.id, "hello there")]);
	assert.equal(draft.isContinuedElsewhere, true);
	draft.write("hex");
	assert.equal(draft.isContinuedElsewhere, false);
	assert.equal(draft.text, "hex");
});

test("sent by another device, the text here is gone; what was written beyond it becomes another message", () => {
	const same = written("hello");
	same.markSent(String(same.id), "hello there");
	assert.deepEqual([same.id, same.text], [null, ""]);
	const other = written("hello");
	const id = other.id;
	other.write("hello, and more");
	other.markSent(String(id), "hello");
	assert.equal(other.text, "hello, and more");
	assert.notEqual(other.id, id);
});

test("at joining, the newer of two texts wins: theirs if nothing was written here since", () => {
	const idle = written("hel");
	idle.join(mine(idle.id, "hello wor"));
	assert.equal(idle.text, "hello wor");
	const busy = written("hel");
	busy.write("help");
	busy.join(mine(busy.id, "hello wor"));
	assert.equal(busy.text, "help");
	assert.notEqual(busy.synced?.text, "help");
});

test("at joining, a draft the server has forgotten is news only while it is fresh", () => {
	const fresh = written("hello");
	fresh.join(undefined);
	assert.equal(fresh.synced, null);
	const old = written("hello");
	mock.timers.tick(LOST_AFTER_MS);
	old.join(undefined);
	assert.equal(old.synced?.text, "hello");
});
