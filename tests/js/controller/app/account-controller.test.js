import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountApi } from "../../../../static/js/controller/api/account-api.js";
import { ModerationApi } from "../../../../static/js/controller/api/moderation-api.js";
import { AccountController } from "../../../../static/js/controller/app/account-controller.js";
import { Refusal } from "../../../../static/js/model/base/refusal.js";
import { Outbox } from "../../../../static/js/model/conversation/outbox.js";
import { World } from "../../../../static/js/model/world.js";
import { ada, MemoryStore, settled } from "../../support.js";

/** @param {(method: string, url: string, body?: object) => any} answer */
function setUp(answer) {
	const world = new World(new Outbox(new MemoryStore()));
	/** @type {[string, string, object | undefined][]} */
	const requests = [];
	const http = {
		/** @param {string} method @param {string} url @param {object} [body] */
		async request(method, url, body) {
			requests.push([method, url, body]);
			return answer(method, url, body);
		},
	};
	const send = async (/** @type {string} */ method, /** @type {string} */ url) => {
		requests.push([method, url, undefined]);
		return answer(method, url);
	};
	const api = new AccountApi(http, /** @type {any} */ (send));
	return { world, requests, account: new AccountController(world, api), moderation: new ModerationApi(http) };
}

test("a changed account setting applies at once and is stored in the browser", async () => {
	const { world, account } = setUp(() => ({ ...ada, theme: "dark", language: "el", avatar: "1".repeat(16) }));
	world.session.signIn(ada);
	await account.update({ theme: "dark" });
	assert.deepEqual(
		[world.session.me?.theme, world.preferences.theme, world.preferences.language],
		["dark", "dark", "el"],
	);
	assert.equal(world.persons.find(ada.id)?.avatar, "1".repeat(16));
});

test("the language chosen before sign-in is saved in the account, with retries until it is", async () => {
	let isBusy = true;
	const { world, requests } = setUp((_method, _url, body) => {
		if (isBusy) throw new Refusal({ code: "busy", message: "" });
		return { ...ada, ...body };
	});
	const { preferences, session } = world;
	preferences.chooseLanguage("el");
	session.signIn({ ...ada, language: null });
	await settled();
	assert.deepEqual([preferences.language, requests], ["el", []], "not before the connection is live");
	world.connection.state = "live";
	session.signIn({ ...ada, language: null });
	await settled();
	assert.deepEqual([preferences.language, session.me?.language], ["el", null]);
	isBusy = false;
	session.signIn({ ...ada, language: "en" });
	session.signIn({ ...ada, language: "en" });
	await settled();
	assert.deepEqual(requests, Array(2).fill(["PATCH", "/api/me", { language: "el" }]));
	assert.deepEqual([preferences.language, session.me?.language, preferences.chosenLanguage], ["el", "el", null]);
	session.signIn({ ...ada, language: "en" });
	assert.equal(preferences.language, "en", "from then on the language of the account applies");
});

test("an invitation opened by a signed-in user is redeemed once, and its role or refusal is reported", async () => {
	const { world, requests } = setUp(() => ({ ...ada, role: "moderator" }));
	/** @type {string[]} */
	const reported = [];
	world.on("promoted", (role) => reported.push(role));
	world.invitation = "t0ken";
	assert.deepEqual(requests, [], "not before sign-in");
	world.session.signIn({ ...ada, role: "member" });
	await settled();
	world.session.emit("change");
	await settled();
	assert.deepEqual(requests, [["PUT", "/api/me/invitation", { invitation: "t0ken" }]]);
	assert.deepEqual([reported, world.session.me?.role, world.invitation], [["moderator"], "moderator", null]);

	const expired = setUp(() => {
		throw new Refusal({ code: "bad_invitation", message: "" });
	});
	expired.world.on("refused", ({ code }) => reported.push(code));
	expired.world.session.signIn(ada);
	expired.world.invitation = "0ld";
	await settled();
	assert.deepEqual(reported, ["moderator", "bad_invitation"]);
});

test("deleting the account ends the session with a farewell", async () => {
	const { world, account, requests } = setUp(() => null);
	world.session.signIn(ada);
	await account.deleteAccount({ messages: "keep" });
	assert.deepEqual(requests, [["DELETE", "/api/me", { messages: "keep" }]]);
	assert.deepEqual([world.session.state, world.session.farewell?.how], ["signedOut", "deleted"]);
});

test("requests about users, avatars and moderation have the URLs of the protocol", async () => {
	const answer = { persons: [], tokens: [], bans: [], invitations: [], secret: "s" };
	const { account, moderation, requests } = setUp(() => answer);
	const name = "a/b?";
	await account.setAvatar(new Blob(), () => {});
	await account.resetAvatar();
	await account.setIgnored(name, true);
	await account.setIgnored(name, false);
	await account.ignoredUsers();
	await account.createToken("bot", null);
	await account.revokeToken("x/y");
	await moderation.card(name);
	await moderation.setRole(name, "moderator");
	await moderation.mute(name, { minutes: 10, reason: "" });
	await moderation.unmute(name);
	await moderation.kick(name, { conversation: "#ting", reason: "" });
	await moderation.ban(name, { days: null, reason: "", address: false });
	await moderation.unban(name);
	await moderation.auditLog("act/1");
	await moderation.revokeInvitation("i/1");
	assert.deepEqual(
		requests.map(([method, url]) => `${method} ${url}`),
		[
			"PUT /api/me/avatar",
			"DELETE /api/me/avatar",
			"PUT /api/me/ignored/a%2Fb%3F",
			"DELETE /api/me/ignored/a%2Fb%3F",
			"GET /api/me/ignored",
			"POST /api/me/tokens",
			"DELETE /api/me/tokens/x%2Fy",
			"GET /api/users/a%2Fb%3F",
			"PATCH /api/users/a%2Fb%3F",
			"POST /api/users/a%2Fb%3F/mute",
			"DELETE /api/users/a%2Fb%3F/mute",
			"POST /api/users/a%2Fb%3F/kick",
			"POST /api/users/a%2Fb%3F/ban",
			"DELETE /api/users/a%2Fb%3F/ban",
			"GET /api/audit?before=act%2F1&limit=50",
			"DELETE /api/invitations/i%2F1",
		],
	);
});
