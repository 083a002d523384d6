import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Conversation } from "../../../../static/js/model/conversation/conversation.js";
import { LOST_AFTER_MS, OwnDraft } from "../../../../static/js/model/conversation/own-draft.js";
import { ada, fakeTimers, message } from "../../support.js";

beforeEach(fakeTimers);

/** @param {string | null} id @param {string | null} text */
const remote = (id, text, position = 3) => ({ id: String(id), author: ada, position, text });

/** A draft with this text that the server has. @param {string} text */
function synced(text) {
	const draft = new OwnDraft();
	draft.write(text);
	draft.markSynced({ id: String(draft.id), text });
	return draft;
}

test("a draft keeps its id until it is empty or sent; then a new one begins", () => {
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

test("a draft has the text that the server would store, without half of a character", () => {
	const draft = new OwnDraft();

	draft.write("a\u000bb\u001b\ud83d");
	assert.equal(draft.text, "a\nb");
	draft.write("a\u000bb\u001b\ud83d\ude00");
	assert.equal(draft.text, "a\nb😀");

	const restored = new OwnDraft();
	restored.restore({ id: "an id", text: "a\ud83d", told: null, touched: 0 });
	assert.equal(restored.text, "a");
});

test("a stored draft is restored with the same id", () => {
	const draft = synced("hello");
	const again = new OwnDraft();
	again.restore(JSON.parse(JSON.stringify(draft.stored)));
	assert.deepEqual([again.id, again.text], [draft.id, "hello"]);
});

test("the position is known while the server keeps it", () => {
	const draft = synced("hello");
	draft.merge([remote(draft.id, "")]);
	assert.equal(draft.positionOf(String(draft.id)), 3);
	draft.merge([remote(draft.id, null)]);
	assert.equal(draft.positionOf(String(draft.id)), undefined);
	assert.equal(draft.text, "hello");
});

test("a message that is being sent keeps its position until it arrives", () => {
	const conversation = new Conversation("#ting");
	conversation.draft.write("hello");
	const id = String(conversation.draft.commit());
	conversation.draft.merge([remote(id, "", 4)]);
	assert.equal(conversation.draft.positionOf(id), 4);
	conversation.receive(message({ seq: 1, id }));
	assert.equal(conversation.draft.positionOf(id), undefined);
});

test("an empty composer can continue the draft of another device, with the same id", () => {
	const draft = new OwnDraft();
	draft.merge([remote("there", "I am on my w")]);
	assert.equal(draft.continuable?.text, "I am on my w");
	let replaced = 0;
	draft.on("replaced", () => {
		replaced += 1;
	});
	draft.continueHere();
	assert.deepEqual([draft.id, draft.text, draft.continuable, replaced], ["there", "I am on my w", null, 1]);
});

test("a composer with text does not offer to continue another draft, and keeps its text", () => {
	const draft = synced("mine");
	draft.merge([remote("there", "elsewhere")]);
	assert.equal(draft.continuable, null);
	draft.continueHere();
	assert.equal(draft.elsewhere, null);
});

test("a draft that ended on the other device is not offered", () => {
	const draft = new OwnDraft();
	draft.merge([remote("there", "I am")]);
	draft.merge([remote("there", null)]);
	assert.equal(draft.continuable, null);
	draft.merge([remote("there", "I am")]);
	draft.merge([], true);
	assert.equal(draft.continuable, null);
});

test("a draft that was sent here is never offered again", () => {
	const draft = synced("hello");
	const id = draft.commit();
	draft.merge([remote(id, "hello")]);
	assert.equal(draft.continuable, null);
});

test("typing here overrides the other device's text for the same id", () => {
	const draft = synced("he");
	draft.merge([remote(draft.id, "hello there")]);
	assert.equal(draft.isContinuedElsewhere, true);
	draft.write("hex");
	assert.equal(draft.isContinuedElsewhere, false);
	assert.equal(draft.text, "hex");
});

test("a draft sent by another device is cleared here; text beyond it becomes a new draft", () => {
	const same = synced("hello");
	same.markSent(String(same.id), "hello there");
	assert.deepEqual([same.id, same.text], [null, ""]);
	const other = synced("hello");
	const id = other.id;
	other.write("hello, and more");
	other.markSent(String(id), "hello");
	assert.equal(other.text, "hello, and more");
	assert.notEqual(other.id, id);
});

test("after joining, the server's text wins only if nothing was typed here since", () => {
	const idle = synced("hel");
	idle.join(remote(idle.id, "hello wor"));
	assert.equal(idle.text, "hello wor");
	const busy = synced("hel");
	busy.write("help");
	busy.join(remote(busy.id, "hello wor"));
	assert.equal(busy.text, "help");
	assert.notEqual(busy.synced?.text, "help");
});

test("after joining, a draft that the server dropped is sent again only while it is fresh", () => {
	const fresh = synced("hello");
	fresh.join(undefined);
	assert.equal(fresh.synced, null);
	const old = synced("hello");
	mock.timers.tick(LOST_AFTER_MS);
	old.join(undefined);
	assert.equal(old.synced?.text, "hello");
});
