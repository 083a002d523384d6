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
	receive(frame) {
		this.onmessage({ data: JSON.stringify(frame) });
	}

	welcome() {
		this.receive({ type: "welcome", me: ada, version: "1", limits: {}, commands: [] });
	}

	/** @param {number} code */
	drop(code) {
		this.onclose({ code });
	}
}

/** A client whose random pauses have their maximum length. */
function client(random = () => 1) {
	const connection = new ConnectionState();
	/** @type {FakeWebSocket[]} */
	const opened = [];
	const connect = () => {
		opened.push(new FakeWebSocket());
		return /** @type {any} */ (opened.at(-1));
	};
	const socket = new Socket(connection, "ws://test/api/socket", { connect, random });
	socket.start();
	const last = () => /** @type {FakeWebSocket} */ (opened.at(-1));
	return { connection, socket, opened, last };
}

test("the connection is live with the server's welcome, not before", () => {
	const { connection, last } = client();
	assert.equal(connection.state, "connecting");
	last().welcome();
	assert.equal(connection.state, "live");
});

test("an answer resolves its request, in whatever order answers arrive", async () => {
	const { socket, last } = client();
	last().welcome();
	const first = socket.request({ type: "ping" });
	const second = socket.request({ type: "leave", conversation: "#ting" });
	const [one, two] = last().sent;
	last().receive({ type: "error", ref: two.ref, code: "busy", message: "Busy.", retry_after: 2 });
	last().receive({ type: "ack", ref: one.ref, id: "x" });
	assert.equal((await first).id, "x");
	await assert.rejects(second, { code: "busy", retryAfterS: 2 });
});

test("a lost connection rejects the pending requests", async () => {
	const { socket, last } = client();
	last().welcome();
	const request = socket.request({ type: "ping" });
	last().drop(1006);
	await assert.rejects(request, { code: "offline" });
	await assert.rejects(socket.request({ type: "ping" }), { code: "offline" });
});

test("the bound of the pause doubles up to a maximum, and the pause is random below it", () => {
	assert.deepEqual(
		[0, 1, 2, 3, 10].map((attempt) => backoffMs(attempt, () => 1)),
		[500, 1000, 2000, 4000, MAX_PAUSE_MS],
	);
	assert.equal(
		backoffMs(3, () => 0.25),
		1000,
	);
});

test("the socket reconnects after growing pauses", () => {
	const { opened, last } = client();
	for (const pause of [500, 1000, 2000]) {
		last().drop(1006);
		const before = opened.length;
		mock.timers.tick(pause - 1);
		assert.equal(opened.length, before);
		mock.timers.tick(1);
		assert.equal(opened.length, before + 1);
	}
});

test("after a restart of the server, reconnects are spread over some seconds", () => {
	const { opened, last } = client(() => 0.5);
	last().welcome();
	last().drop(1012);
	mock.timers.tick(SPREAD_MS / 2 - 1);
	assert.equal(opened.length, 1);
	mock.timers.tick(1);
	assert.equal(opened.length, 2);
});

test("only a stable connection resets the pause", () => {
	const { opened, last } = client();
	last().drop(1006);
	mock.timers.tick(500);
	last().welcome();
	last().drop(4001);
	mock.timers.tick(999);
	assert.equal(opened.length, 2);
	mock.timers.tick(1);
	assert.equal(opened.length, 3);
	last().welcome();
	mock.timers.tick(STABLE_MS);
	last().drop(1006);
	mock.timers.tick(500);
	assert.equal(opened.length, 4);
});

test("after the end of the session the socket does not reconnect", () => {
	const { socket, opened, last, connection } = client();
	let ended = 0;
	socket.on("ended", () => {
		ended += 1;
	});
	last().welcome();
	last().drop(4002);
	mock.timers.tick(MAX_PAUSE_MS * 2);
	assert.deepEqual([opened.length, ended, connection.state], [1, 1, "off"]);
});

test("a silent connection is pinged, and without an answer the socket reconnects", () => {
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

test("an answer to the ping keeps the connection", async () => {
	const { opened, last, connection } = client();
	last().welcome();
	mock.timers.tick(SILENCE_MS);
	last().receive({ type: "ack", ref: last().sent[0].ref });
	await settled();
	mock.timers.tick(ANSWER_MS);
	assert.deepEqual([opened.length, connection.state], [1, "live"]);
});

test("a connection without a welcome is abandoned", () => {
	const { opened } = client();
	mock.timers.tick(SILENCE_MS);
	assert.equal(opened[0]?.closed, true);
	mock.timers.tick(500);
	assert.equal(opened.length, 2);
});

test("a signal of the browser ends the pause", () => {
	const { socket, opened, last } = client();
	last().drop(1006);
	socket.reconnectNow();
	assert.equal(opened.length, 2);
	mock.timers.tick(500);
	assert.equal(opened.length, 2, "the earlier pause was cancelled");
});

test("a live connection that may be dead is pinged at once", () => {
	const { socket, last, connection } = client();
	last().welcome();
	socket.reconnectNow();
	assert.equal(last().sent[0].type, "ping");
	mock.timers.tick(ANSWER_MS);
	assert.equal(connection.state, "waiting");
});

test("a late frame of an abandoned connection is ignored", () => {
	const { opened, connection } = client();
	opened[0]?.welcome();
	mock.timers.tick(SILENCE_MS);
	mock.timers.tick(ANSWER_MS);
	assert.equal(opened[0]?.onmessage, null);
	assert.equal(connection.state, "waiting");
});

test("a stopped socket emits `down` once and does not reconnect", () => {
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
