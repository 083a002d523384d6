import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountApi } from "../../../../static/js/controller/api/account-api.js";
import { ConversationsApi } from "../../../../static/js/controller/api/conversations-api.js";
import { Http } from "../../../../static/js/controller/net/http.js";

/** @param {number} status @param {string} body */
function apisAnswering(status, body) {
	/** @type {{url: string, init: any}[]} */
	const requests = [];
	const fetcher = async (/** @type {any} */ url, /** @type {any} */ init) => {
		requests.push({ url, init });
		return new Response(status === 204 ? null : body, { status });
	};
	const http = new Http(/** @type {any} */ (fetcher));
	return { account: new AccountApi(http), conversations: new ConversationsApi(http), requests };
}

test("conversation ids are percent-encoded, and pages are requested by position or seq", async () => {
	const { conversations, requests } = apisAnswering(200, '{"messages": [], "more": false}');
	await conversations.history("#ting");
	await conversations.history("#ting", 40);
	await conversations.newer("#ting", 60);
	await conversations.around("#ting", "m7");
	await conversations.changes("#ting", 7);
	assert.deepEqual(
		requests.map(({ url }) => url),
		[
			"/api/conversations/%23ting/messages?limit=100",
			"/api/conversations/%23ting/messages?before=40&limit=100",
			"/api/conversations/%23ting/messages?after=60&limit=100",
			"/api/conversations/%23ting/messages?around=m7&limit=100",
			"/api/conversations/%23ting/changes?after=7&limit=500",
		],
	);
});

test("a request body is JSON with its content type", async () => {
	const { account, requests } = apisAnswering(201, "{}");
	await account.signIn({ name: "Ada" });
	assert.equal(requests[0]?.init.headers["Content-Type"], "application/json");
	assert.equal(requests[0]?.init.body, '{"name":"Ada"}');
});

test("requests about sign-in, passwords and sessions have the URLs of the protocol", async () => {
	const { account, requests } = apisAnswering(200, '{"sessions": [{"id": "a/b"}]}');
	await account.signIn({ name: "Ada", password: "correct horse" });
	await account.setPassword("better horse");
	await account.setPassword("best horse", "better horse");
	assert.deepEqual(await account.devices(), [{ id: "a/b" }]);
	await account.revokeSession("a/b");
	assert.deepEqual(
		requests.map(({ url, init }) => [init.method, url, init.body]),
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
	const { account } = apisAnswering(409, JSON.stringify({ error }));
	await assert.rejects(account.signIn({ name: "Ada" }), { code: "name_taken", field: "name", message: error.message });
});

test("a missing network and a proxy without a server both count as offline", async () => {
	const offline = new AccountApi(
		new Http(async () => {
			throw new TypeError("Failed to fetch");
		}),
	);
	await assert.rejects(offline.currentUser(), { code: "offline" });
	await assert.rejects(apisAnswering(502, "<html>Bad Gateway</html>").account.currentUser(), { code: "offline" });
});

test("an empty answer is valid", async () => {
	assert.equal(await apisAnswering(204, "").account.signOut(), null);
});
