import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "../../../../static/js/model/conversation/timeline.js";
import { message, randomFrom, shuffled } from "../../support.js";

/** @param {Timeline} timeline */
const shown = (timeline) => timeline.messages.map(({ id, seq }) => `${id}@${seq}`);

test("any order of arrival, with repetitions, gives the same timeline", () => {
	for (let seed = 1; seed <= 50; seed += 1) {
		const random = randomFrom(seed);
		const versions = Array.from({ length: 60 }, (_, index) => {
			const id = Math.floor(random() * 20);
			return message({ seq: index + 1, id: `m${id}`, position: id * 7, first: id + 1 });
		});
		const ordered = new Timeline();
		ordered.merge(versions);
		const reordered = new Timeline();
		for (const version of shuffled([...versions, ...versions, ...versions.slice(0, 20)], random))
			reordered.merge([version]);
		assert.deepEqual(shown(reordered), shown(ordered), `seed ${seed}`);
	}
});

test("messages are ordered by position, not by seq", () => {
	const timeline = new Timeline();
	timeline.merge([message({ seq: 1, position: 5 }), message({ seq: 2, position: 3 })]);
	assert.deepEqual(shown(timeline), ["m2@2", "m1@1"]);
});

test("an older version never replaces a newer one", () => {
	const timeline = new Timeline();
	timeline.merge([message({ seq: 9, id: "a", text: "new" }), message({ seq: 2, id: "a", text: "old" })]);
	assert.equal(timeline.get("a")?.text, "new");
});

test("a reply quotes the latest version of the message, in any order of arrival", () => {
	const question = message({ seq: 1, id: "question", text: "Nine?" });
	const quote = { id: "question", author: question.author, text: "Nine?" };
	const answer = message({ seq: 2, id: "answer", position: 9, reply_to: quote });
	const edited = { ...question, seq: 3, text: "Ten?", edited: 3 };
	const deleted = { ...question, seq: 4, text: "", deleted: 4 };
	const quoted = (/** @type {import("../../support.js").Message[]} */ ...arriving) => {
		const timeline = new Timeline();
		for (const arrived of arriving) timeline.merge([arrived]);
		return timeline.get("answer")?.reply_to;
	};
	for (const known of [
		[question, answer, edited],
		[edited, answer],
		[answer, edited, question],
	])
		assert.equal(quoted(...known)?.text, "Ten?");
	assert.deepEqual(quoted(question, answer, edited, deleted), { ...quote, text: "", deleted: true });
});

test("a message above the loaded pages is not shown while there are more pages", () => {
	const timeline = new Timeline();
	timeline.addPage({ messages: [message({ seq: 10 }), message({ seq: 11 })], more: true });
	timeline.merge([message({ seq: 12, id: "old", position: 4 }), message({ seq: 13, id: "between", position: 10.5 })]);
	assert.deepEqual(shown(timeline), ["m10@10", "between@13", "m11@11"]);
});

test("a message at the beginning is shown if everything is loaded", () => {
	const timeline = new Timeline();
	timeline.addPage({ messages: [message({ seq: 10 })], more: false });
	timeline.merge([message({ seq: 12, id: "first", position: 1 })]);
	assert.deepEqual(shown(timeline), ["first@12", "m10@10"]);
});

test("a change that overtakes its page is not undone by that page", () => {
	const timeline = new Timeline();
	timeline.addPage({ messages: [message({ seq: 10 })], more: true });
	timeline.merge([message({ seq: 20, id: "m3", position: 3, text: "edited" })]);
	timeline.addPage({ messages: [message({ seq: 3, text: "as it was" })], more: false });
	assert.deepEqual(shown(timeline), ["m3@20", "m10@10"]);
	assert.equal(timeline.messages[0]?.text, "edited");
});

test("the floor is the first position of the oldest page, and there is none at the beginning", () => {
	const timeline = new Timeline();
	assert.equal(timeline.hasOlder, false);
	timeline.addPage({ messages: [message({ seq: 10 })], more: true });
	assert.equal(timeline.floor, 10);
	timeline.addPage({ messages: [], more: false });
	assert.equal(timeline.hasOlder, false);
});

test("trimming keeps the messages around one, and there is more on the trimmed sides", () => {
	const timeline = new Timeline();
	timeline.addPage({ messages: [1, 2, 3, 4, 5, 6, 7].map((seq) => message({ seq })), more: false });
	timeline.trim("m7", 2);
	assert.deepEqual(shown(timeline), ["m5@5", "m6@6", "m7@7"]);
	assert.deepEqual([timeline.hasOlder, timeline.floor, timeline.hasNewer], [true, 5, false]);
	timeline.addPage({ messages: [1, 2, 3, 4].map((seq) => message({ seq })), more: false });
	timeline.trim("m2", 2);
	assert.deepEqual(shown(timeline), ["m1@1", "m2@2", "m3@3", "m4@4"]);
	assert.deepEqual([timeline.hasOlder, timeline.hasNewer, timeline.ceiling], [false, true, 4]);
	timeline.merge([message({ seq: 8 })]);
	timeline.addNewerPage({ messages: [5, 6, 7, 8].map((seq) => message({ seq })), more: true, newer: false });
	assert.deepEqual([shown(timeline).at(-1), timeline.hasNewer], ["m8@8", false]);
});

test("no change is emitted if nothing changed", () => {
	const timeline = new Timeline();
	timeline.merge([message({ seq: 1 })]);
	let changes = 0;
	timeline.on("change", () => {
		changes += 1;
	});
	timeline.merge([message({ seq: 1 })]);
	assert.equal(changes, 0);
	timeline.merge([message({ seq: 2 })]);
	assert.equal(changes, 1);
});
