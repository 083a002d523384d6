import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountApi } from "../../../../static/js/controller/api/account-api.js";
import { ConversationsApi } from "../../../../static/js/controller/api/conversations-api.js";
import { Http } from "../../../../static/js/controller/net/http.js";

/** @param {number} status @param {string} body */
function restThatAnswers(status, body) {
	/** @type {{url: string, init: any}[]} */
	const asked = [];
	const fetcher = async (/** @type {any} */ url, /** @type {any} */ init) => {
		asked.push({ url, init });
		return new Response(status === 204 ? null : body, { status });
	};
	const http = new Http(/** @type {any} */ (fetcher));
	return { rest: new AccountApi(http), conversations: new ConversationsApi(http), asked };
}

test("conversation ids stand percent-encoded, pages are asked for by position or seq", async () => {
	const { conversations, asked } = restThatAnswers(200, '{"messages": [], "more": false}');
	await conversations.history("#ting");
	await conversations.history("#ting", 40);
	await conversations.newer("#ting", 60);
	await conversations.around("#ting", "m7");
	await conversations.changes("#ting", 7);
	assert.deepEqual(
		asked.map(({ url }) => url),
		[
			"/api/conversations/%23ting/messages?limit=100",
			"/api/conversations/%23ting/messages?before=40&limit=100",
			"/api/conversations/%23ting/messages?after=60&limit=100",
			"/api/conversations/%23ting/messages?around=m7&limit=100",
			"/api/conversations/%23ting/changes?after=7&limit=500",
		],
	);
});

test("what is sent is JSON and says so", async () => {
	const { rest, asked } = restThatAnswers(201, "{}");
	await rest.signIn({ name: "Ada" });
	assert.equal(asked[0]?.init.headers["Content-Type"], "application/json");
	assert.equal(asked[0]?.init.body, '{"name":"Ada"}');
});

test("signing in, passwords and sessions are asked for as the protocol says", async () => {
	const { rest, asked } = restThatAnswers(200, '{"sessions": [{"id": "a/b"}]}');
	await rest.signIn({ name: "Ada", password: "correct horse" });
	await rest.setPassword("better horse");
	await rest.setPassword("best horse", "better horse");
	assert.deepEqual(await rest.devices(), [{ id: "a/b" }]);
	await rest.revokeSession("a/b");
	assert.deepEqual(
		asked.map(({ url, init }) => [init.method, url, init.body]),
		[
			["POST", "/api/session", '{"name":"Ada","password":"correct horse"}'],
			["PUT", "/api/me/password", '{"password":"better horse"}'],
			["PUT", "/api/me/password", '{"password":"best horse","current":"better horse"}'],
			["GET", "/api/me/sessions", undefined],
			["DELETE", "/api/me/sessions/a%2Fb", undefined],
		],
	);
});

test("a refusal carries its code and its field", async () => {
	const error = { code: "name_taken", message: "This name is already taken.", field: "name" };
	const { rest } = restThatAnswers(409, JSON.stringify({ error }));
	await assert.rejects(rest.signIn({ name: "Ada" }), { code: "name_taken", field: "name", message: error.message });
});

test("no network, and a proxy without a server, are the same: offline", async () => {
	const dead = new AccountApi(
		new Http(async () => {
			throw new TypeError("Failed to fetch");
		}),
	);
	await assert.rejects(dead.currentUser(), { code: "offline" });
	await assert.rejects(restThatAnswers(502, "<html>Bad Gateway</html>").rest.currentUser(), { code: "offline" });
});

test("an empty answer is an answer", async () => {
	assert.equal(await restThatAnswers(204, "").rest.signOut(), null);
});
