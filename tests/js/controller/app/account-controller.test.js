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
function adasSelf(answer) {
	const world = new World(new Outbox(new MemoryStore()));
	/** @type {[string, string, object | undefined][]} */
	const asked = [];
	const http = {
		/** @param {string} method @param {string} url @param {object} [body] */
		async request(method, url, body) {
			asked.push([method, url, body]);
			return answer(method, url, body);
		},
	};
	const send = async (/** @type {string} */ method, /** @type {string} */ url) => {
		asked.push([method, url, undefined]);
		return answer(method, url);
	};
	const rest = new AccountApi(http, /** @type {any} */ (send));
	return { world, asked, own: new AccountController(world, rest), order: new ModerationApi(http) };
}

test("whatever is changed about oneself is known at once, and remembered by the device", async () => {
	const { world, own } = adasSelf(() => ({ ...ada, theme: "dark", language: "el", avatar: "1".repeat(16) }));
	world.session.signIn(ada);
	await own.update({ theme: "dark" });
	assert.deepEqual(
		[world.session.me?.theme, world.preferences.theme, world.preferences.language],
		["dark", "dark", "el"],
	);
	assert.equal(world.persons.find(ada.id)?.avatar, "1".repeat(16));
});

test("the language that was chosen at the door is kept for whoever comes in, and asked for until it is", async () => {
	let away = true;
	const { world, asked } = adasSelf((_method, _url, body) => {
		if (away) throw new Refusal({ code: "busy", message: "" });
		return { ...ada, ...body };
	});
	const { preferences, session } = world;
	preferences.chooseLanguage("el");
	session.signIn({ ...ada, language: null });
	await settled();
	assert.deepEqual([preferences.language, asked], ["el", []], "what the server says of me could come later");
	world.connection.state = "live";
	session.signIn({ ...ada, language: null });
	await settled();
	assert.deepEqual([preferences.language, session.me?.language], ["el", null]);
	away = false;
	session.signIn({ ...ada, language: "en" });
	session.signIn({ ...ada, language: "en" });
	await settled();
	assert.deepEqual(asked, Array(2).fill(["PATCH", "/api/me", { language: "el" }]));
	assert.deepEqual([preferences.language, session.me?.language, preferences.chosenLanguage], ["el", "el", null]);
	session.signIn({ ...ada, language: "en" });
	assert.equal(preferences.language, "en", "from then on it is the account that says so");
});

test("an invitation that is opened inside is used there, once, and tells of the role or why not", async () => {
	const { world, asked } = adasSelf(() => ({ ...ada, role: "moderator" }));
	/** @type {string[]} */
	const told = [];
	world.on("promoted", (role) => told.push(role));
	world.invitation = "t0ken";
	assert.deepEqual(asked, [], "not before one is in");
	world.session.signIn({ ...ada, role: "member" });
	await settled();
	world.session.emit("change");
	await settled();
	assert.deepEqual(asked, [["PUT", "/api/me/invitation", { invitation: "t0ken" }]]);
	assert.deepEqual([told, world.session.me?.role, world.invitation], [["moderator"], "moderator", null]);

	const late = adasSelf(() => {
		throw new Refusal({ code: "bad_invitation", message: "" });
	});
	late.world.on("refused", ({ code }) => told.push(code));
	late.world.session.signIn(ada);
	late.world.invitation = "0ld";
	await settled();
	assert.deepEqual(told, ["moderator", "bad_invitation"]);
});

test("who deletes the account is led out, and told so", async () => {
	const { world, own, asked } = adasSelf(() => null);
	world.session.signIn(ada);
	await own.deleteAccount({ messages: "keep" });
	assert.deepEqual(asked, [["DELETE", "/api/me", { messages: "keep" }]]);
	assert.deepEqual([world.session.state, world.session.farewell?.how], ["signedOut", "deleted"]);
});

test("names, pictures and measures are asked for as the protocol says", async () => {
	const { own, order, asked } = adasSelf(() => ({ persons: [], tokens: [], bans: [], invitations: [], secret: "s" }));
	const name = "a/b?";
	await own.setAvatar(new Blob(), () => {});
	await own.resetAvatar();
	await own.setIgnored(name, true);
	await own.setIgnored(name, false);
	await own.ignoredUsers();
	await own.createToken("bot", null);
	await own.revokeToken("x/y");
	await order.card(name);
	await order.setRole(name, "moderator");
	await order.mute(name, { minutes: 10, reason: "" });
	await order.unmute(name);
	await order.kick(name, { conversation: "#ting", reason: "" });
	await order.ban(name, { days: null, reason: "", address: false });
	await order.unban(name);
	await order.auditLog("act/1");
	await order.revokeInvitation("i/1");
	assert.deepEqual(
		asked.map(([method, url]) => `${method} ${url}`),
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
