import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { backoffMs, MAX_PAUSE_MS, SPREAD_MS } from "../../../../static/js/controller/net/backoff.js";
import { ANSWER_MS, SILENCE_MS, Socket, STABLE_MS } from "../../../../static/js/controller/net/socket.js";
import { ConnectionState } from "../../../../static/js/model/session/connection-state.js";
import { ada, fakeTimers, settled } from "../../support.js";

beforeEach(fakeTimers);

class FakeWebSocket {
	/** @type {any[]} */
	sent = [];
	closed = false;
	/** @type {any} */
	onmessage = null;
	/** @type {any} */
	onclose = null;

	/** @param {string} text */
	send(text) {
		this.sent.push(JSON.parse(text));
	}

	close() {
		this.closed = true;
	}

	/** @param {object} frame */
	says(frame) {
		this.onmessage({ data: JSON.stringify(frame) });
	}

	welcome() {
		this.says({ type: "welcome", me: ada, version: "1", limits: {}, commands: [] });
	}

	/** @param {number} code */
	drops(code) {
		this.onclose({ code });
	}
}

/** A client whose pauses are as long as they can be. */
function client(random = () => 1) {
	const link = new ConnectionState();
	/** @type {FakeWebSocket[]} */
	const opened = [];
	const connect = () => {
		opened.push(new FakeWebSocket());
		return /** @type {any} */ (opened.at(-1));
	};
	const socket = new Socket(link, "ws://test/api/socket", { connect, random });
	socket.start();
	const last = () => /** @type {FakeWebSocket} */ (opened.at(-1));
	return { link, socket, opened, last };
}

test("the connection is live with the server's welcome, not before", () => {
	const { link, last } = client();
	assert.equal(link.state, "connecting");
	last().welcome();
	assert.equal(link.state, "live");
});

test("an answer finds its question, in whatever order answers come", async () => {
	const { socket, last } = client();
	last().welcome();
	const first = socket.request({ type: "ping" });
	const second = socket.request({ type: "leave", conversation: "#ting" });
	const [one, two] = last().sent;
	last().says({ type: "error", ref: two.ref, code: "busy", message: "Busy.", retry_after: 2 });
	last().says({ type: "ack", ref: one.ref, id: "x" });
	assert.equal((await first).id, "x");
	await assert.rejects(second, { code: "busy", retryAfterS: 2 });
});

test("what waits for an answer is told when the connection breaks", async () => {
	const { socket, last } = client();
	last().welcome();
	const question = socket.request({ type: "ping" });
	last().drops(1006);
	await assert.rejects(question, { code: "offline" });
	await assert.rejects(socket.request({ type: "ping" }), { code: "offline" });
});

test("pauses double up to a bound, and are anything below it", () => {
	assert.deepEqual(
		[0, 1, 2, 3, 10].map((attempt) => backoffMs(attempt, () => 1)),
		[500, 1000, 2000, 4000, MAX_PAUSE_MS],
	);
	assert.equal(
		backoffMs(3, () => 0.25),
		1000,
	);
});

test("it comes back by itself after growing pauses", () => {
	const { opened, last } = client();
	for (const pause of [500, 1000, 2000]) {
		last().drops(1006);
		const before = opened.length;
		mock.timers.tick(pause - 1);
		assert.equal(opened.length, before);
		mock.timers.tick(1);
		assert.equal(opened.length, before + 1);
	}
});

test("after a restart of the server everybody comes back within some seconds, spread", () => {
	const { opened, last } = client(() => 0.5);
	last().welcome();
	last().drops(1012);
	mock.timers.tick(SPREAD_MS / 2 - 1);
	assert.equal(opened.length, 1);
	mock.timers.tick(1);
	assert.equal(opened.length, 2);
});

test("a connection that held makes the next pause small again; one that did not, does not", () => {
	const { opened, last } = client();
	last().drops(1006);
	mock.timers.tick(500);
	last().welcome();
	last().drops(4001);
	mock.timers.tick(999);
	assert.equal(opened.length, 2);
	mock.timers.tick(1);
	assert.equal(opened.length, 3);
	last().welcome();
	mock.timers.tick(STABLE_MS);
	last().drops(1006);
	mock.timers.tick(500);
	assert.equal(opened.length, 4);
});

test("when the session has ended it does not come back", () => {
	const { socket, opened, last, link } = client();
	let ended = 0;
	socket.on("ended", () => {
		ended += 1;
	});
	last().welcome();
	last().drops(4002);
	mock.timers.tick(MAX_PAUSE_MS * 2);
	assert.deepEqual([opened.length, ended, link.state], [1, 1, "off"]);
});

test("after a silence it asks, and without an answer it comes back on a new connection", () => {
	const { opened, last } = client();
	last().welcome();
	mock.timers.tick(SILENCE_MS - 1);
	assert.equal(last().sent.length, 0);
	mock.timers.tick(1);
	assert.equal(last().sent[0].type, "ping");
	mock.timers.tick(ANSWER_MS);
	assert.equal(opened[0]?.closed, true);
	mock.timers.tick(500);
	assert.equal(opened.length, 2);
});

test("an answer to the question whether anybody is there keeps the connection", async () => {
	const { opened, last, link } = client();
	last().welcome();
	mock.timers.tick(SILENCE_MS);
	last().says({ type: "ack", ref: last().sent[0].ref });
	await settled();
	mock.timers.tick(ANSWER_MS);
	assert.deepEqual([opened.length, link.state], [1, "live"]);
});

test("a connection that never says welcome is given up", () => {
	const { opened } = client();
	mock.timers.tick(SILENCE_MS);
	assert.equal(opened[0]?.closed, true);
	mock.timers.tick(500);
	assert.equal(opened.length, 2);
});

test("good news from the browser ends the pause", () => {
	const { socket, opened, last } = client();
	last().drops(1006);
	socket.reconnectNow();
	assert.equal(opened.length, 2);
	mock.timers.tick(500);
	assert.equal(opened.length, 2, "and the old pause is over, too");
});

test("a live connection that may be dead is asked at once", () => {
	const { socket, last, link } = client();
	last().welcome();
	socket.reconnectNow();
	assert.equal(last().sent[0].type, "ping");
	mock.timers.tick(ANSWER_MS);
	assert.equal(link.state, "waiting");
});

test("a late word of an abandoned connection is not heard", () => {
	const { opened, link } = client();
	opened[0]?.welcome();
	mock.timers.tick(SILENCE_MS);
	mock.timers.tick(ANSWER_MS);
	assert.equal(opened[0]?.onmessage, null);
	assert.equal(link.state, "waiting");
});

test("once stopped it says so, once, and stays away", () => {
	const { socket, opened, last } = client();
	let down = 0;
	socket.on("down", () => {
		down += 1;
	});
	last().welcome();
	socket.stop();
	socket.stop();
	assert.equal(down, 1);
	socket.reconnectNow();
	mock.timers.tick(MAX_PAUSE_MS);
	assert.equal(opened.length, 1);
});
