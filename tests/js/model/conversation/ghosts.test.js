import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../../../static/js/model/conversation/conversation.js";
import { Ghosts } from "../../../../static/js/model/conversation/ghosts.js";
import { ada, bob, message, randomFrom, shuffled } from "../../support.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Draft} Draft */

/** @param {string} id @param {string | null} text @param {Partial<Draft>} [fields] @returns {Draft} */
const draft = (id, text, fields = {}) => ({ id, text, author: bob, position: 1, ...fields });

/** @param {Ghosts} ghosts */
const shown = (ghosts) => ghosts.all.map(({ id, text }) => `${id}:${text}`);

test("a ghost appears, grows and disappears with the frames", () => {
	const ghosts = new Ghosts();
	ghosts.merge([draft("a", "h")]);
	ghosts.merge([draft("a", "hello"), draft("b", "", { position: 0 })]);
	assert.deepEqual(shown(ghosts), ["b:", "a:hello"]);
	ghosts.merge([draft("a", null)]);
	assert.deepEqual(shown(ghosts), ["b:"]);
});

test("after any changes, in any order and repeated, a frame with all drafts sets the state", () => {
	for (let seed = 1; seed <= 50; seed += 1) {
		const random = randomFrom(seed);
		const changes = Array.from({ length: 40 }, () => {
			const number = Math.floor(random() * 8);
			return draft(`d${number}`, random() < 0.3 ? null : `text ${random()}`, { position: number });
		});
		const expected = changes
			.slice(0, 5)
			.map((change, rank) => ({ ...change, id: `t${rank}`, text: "there", position: rank }));
		const ghosts = new Ghosts();
		for (const change of shuffled([...changes, ...changes], random)) ghosts.merge([change]);
		ghosts.merge(shuffled(expected, random), { all: true });
		assert.deepEqual(
			shown(ghosts),
			expected.map(({ id, text }) => `${id}:${text}`),
			`seed ${seed}`,
		);
	}
});

test("the user's own drafts are no ghosts, and do not undo the state from `mine` frames", () => {
	const conversation = new Conversation("#ting");
	const frame = { type: /** @type {const} */ ("draft"), conversation: "#ting" };
	conversation.receiveDrafts({ ...frame, drafts: [draft("mine", "x", { author: ada }), draft("a", "y")] }, ada.id);
	assert.deepEqual(shown(conversation.ghosts), ["a:y"]);
	conversation.receiveDrafts(
		{ ...frame, mine: true, drafts: [draft("mine", "x", { author: ada, position: 7 })] },
		ada.id,
	);
	assert.deepEqual(shown(conversation.ghosts), ["a:y"]);
	assert.equal(conversation.draft.positionOf("mine"), 7);
});

test("a message replaces its ghost, live or after catching up", () => {
	const conversation = new Conversation("#ting");
	conversation.ghosts.merge([draft("a", "hello"), draft("b", "hi"), draft("c", "still")]);
	conversation.receive(message({ seq: 1, id: "a" }));
	conversation.timeline.merge([message({ seq: 2, id: "b" })]);
	assert.deepEqual(shown(conversation.ghosts), ["c:still"]);
});
