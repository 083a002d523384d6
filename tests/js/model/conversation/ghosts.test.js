import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../../../static/js/model/conversation/conversation.js";
import { Ghosts } from "../../../../static/js/model/conversation/ghosts.js";
import { ada, bob, message, randomFrom, shuffled } from "../../support.js";

/** @typedef {import("../../../../static/js/model/base/protocol.js").Draft} Draft */

/** @param {string} id @param {string | null} text @param {Partial<Draft>} [given] @returns {Draft} */
const draft = (id, text, given = {}) => ({ id, text, author: bob, position: 1, ...given });

/** @param {Ghosts} ghosts */
const shown = (ghosts) => ghosts.all.map(({ id, text }) => `${id}:${text}`);

test("a ghost appears, grows and is gone as the frames say", () => {
	const ghosts = new Ghosts();
	ghosts.merge([draft("a", "h")]);
	ghosts.merge([draft("a", "hello"), draft("b", "", { position: 0 })]);
	assert.deepEqual(shown(ghosts), ["b:", "a:hello"]);
	ghosts.merge([draft("a", null)]);
	assert.deepEqual(shown(ghosts), ["b:"]);
});

test("whatever changes came before, and however often, a frame with all there is tells the truth", () => {
	for (let seed = 1; seed <= 50; seed += 1) {
		const random = randomFrom(seed);
		const changes = Array.from({ length: 40 }, () => {
			const number = Math.floor(random() * 8);
			return draft(`d${number}`, random() < 0.3 ? null : `text ${random()}`, { position: number });
		});
		const truth = changes.slice(0, 5).map((one, rank) => ({ ...one, id: `t${rank}`, text: "there", position: rank }));
		const ghosts = new Ghosts();
		for (const one of shuffled([...changes, ...changes], random)) ghosts.merge([one]);
		ghosts.merge(shuffled(truth, random), { all: true });
		assert.deepEqual(
			shown(ghosts),
			truth.map(({ id, text }) => `${id}:${text}`),
			`seed ${seed}`,
		);
	}
});

test("my own drafts are no ghosts to me, and do not undo what is told of them elsewhere", () => {
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

test("a message takes the place of its ghost, live or caught up with", () => {
	const conversation = new Conversation("#ting");
	conversation.ghosts.merge([draft("a", "hello"), draft("b", "hi"), draft("c", "still")]);
	conversation.receive(message({ seq: 1, id: "a" }));
	conversation.timeline.merge([message({ seq: 2, id: "b" })]);
	assert.deepEqual(shown(conversation.ghosts), ["c:still"]);
});
