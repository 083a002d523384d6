import assert from "node:assert/strict";
import { test } from "node:test";
import { FileUploader } from "../../../../static/js/controller/sync/file-uploader.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { Uploads } from "../../../../static/js/model/conversation/uploads.js";
import { ada, MemoryStore } from "../../support.js";

const LIMIT = 100;

/** @param {string} name @param {number} [size] @returns {any} */
const file = (name, size = 10) => Object.assign(new Blob(["x".repeat(size)], { type: "image/png" }), { name });

/** The part of XMLHttpRequest that an upload uses. The test answers. */
class FakeRequest {
	upload = { onprogress: (/** @type {any} */ _event) => {} };
	aborted = false;
	url = "";
	/** @type {() => void} */
	onload = () => {};
	onerror = () => {};
	status = 0;
	/** @type {any} */
	response = null;
	open(/** @type {string} */ _method, /** @type {string} */ url) {
		this.url = url;
	}
	setRequestHeader() {}
	send() {}
	abort() {
		this.aborted = true;
	}

	/** @param {number} status @param {any} response */
	answer(status, response) {
		Object.assign(this, { status, response });
		this.onload();
	}

	store() {
		const name = String(new URL(this.url, "http://x").searchParams.get("name"));
		this.answer(201, { file: { id: `id-${name}`, name, type: "image/png", size: 10 } });
	}
}

async function setUp() {
	const outbox = new Outbox(new MemoryStore());
	await outbox.open(/** @type {any} */ (ada));
	const uploads = new Uploads(outbox, () => ({ file: LIMIT }));
	/** @type {FakeRequest[]} */
	const requests = [];
	new FileUploader(uploads, () => {
		const request = new FakeRequest();
		requests.push(request);
		return /** @type {any} */ (request);
	});
	const sent = () => outbox.entriesFor("#ting").map(({ text, file: stored }) => `${stored?.name ?? "-"}:${text}`);
	const states = () => uploads.uploadsFor("#ting").map(({ name, state }) => `${name} ${state}`);
	return { uploads, requests, sent, states };
}

test("files are uploaded one after the other, and sent with the caption once they are stored", async () => {
	const { uploads, requests, sent, states } = await setUp();
	uploads.add("#ting", [file("a"), file("b")]);
	assert.deepEqual(states(), ["a going", "b waiting"]);
	requests[0]?.store();
	assert.deepEqual([sent(), states()], [[], ["a stored", "b going"]]);
	assert.equal(uploads.send("#ting", { text: "look" }), true);
	assert.deepEqual(sent(), ["a:look"]);
	requests[1]?.store();
	assert.deepEqual([sent(), states()], [["a:look", "b:"], []]);
});

test("cancelling aborts the upload and keeps the caption", async () => {
	const { uploads, requests, sent } = await setUp();
	uploads.add("#ting", [file("a"), file("b")]);
	uploads.send("#ting", { text: "look" });
	uploads.cancel(String(uploads.uploadsFor("#ting")[0]?.key));
	assert.equal(requests[0]?.aborted, true);
	requests[1]?.store();
	assert.deepEqual(sent(), ["b:look"]);
	uploads.add("#ting", [file("c")]);
	uploads.send("#ting", { text: "alone" });
	uploads.cancel(String(uploads.uploadsFor("#ting")[0]?.key));
	assert.deepEqual(sent(), ["b:look", "-:alone"]);
});

test("a file that is too large or empty is not uploaded", async () => {
	const { uploads, requests, states } = await setUp();
	uploads.add("#ting", [file("a", LIMIT + 1), file("b", 0)]);
	assert.deepEqual([states(), requests.length], [["a refused", "b refused"], 0]);
	assert.equal(uploads.send("#ting", { text: "x" }), false);
});

test("a failed upload can be retried, a refused one cannot", async () => {
	const { uploads, requests, sent, states } = await setUp();
	uploads.add("#ting", [file("a"), file("b")]);
	uploads.send("#ting", { text: "x" });
	requests[0]?.onerror();
	assert.deepEqual(states(), ["a failed", "b going"]);
	uploads.retry(String(uploads.uploadsFor("#ting")[0]?.key));
	requests[1]?.answer(413, { error: { code: "too_large", message: "" } });
	assert.deepEqual(states(), ["a going", "b refused"]);
	requests[2]?.store();
	assert.deepEqual(sent(), ["a:x"]);
});
