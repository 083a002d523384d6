import assert from "node:assert/strict";
import { test } from "node:test";
import {
	argumentAt,
	commandIn,
	commandNamed,
	suggestCommands,
	usageParts,
} from "../../../../static/js/model/completion/command-line.js";
import {
	CommandArgumentSource,
	CommandNameSource,
	CommandUsageSource,
} from "../../../../static/js/model/completion/command-sources.js";
import { Completion } from "../../../../static/js/model/completion/completion.js";
import { I18n } from "../../../../static/js/view/format/i18n.js";

/**
 * @param {string} name
 * @param {string} usage
 * @param {Partial<import("../../../../static/js/model/base/protocol.js").CommandArgument>[]} args
 */
const command = (name, usage, args, plugin = name) => ({
	name,
	plugin,
	usage: `/${name} ${usage}`.trim(),
	summary: `What /${name} does.`,
	arguments: args.map((given, index) => ({ name: `a${index}`, kind: /** @type {const} */ ("text"), ...given })),
	role: /** @type {const} */ ("everyone"),
});

const ROLL = command("roll", "[dice] [--to <user>] [--quiet]", [
	{ name: "dice", kind: "text" },
	{ name: "to", kind: "user", keyword: true },
	{ name: "quiet", kind: "flag", keyword: true },
]);
const MSG = command("msg", "<who> <text…>", [
	{ name: "who", kind: "user", required: true },
	{ name: "text", kind: "rest", required: true },
]);
const POLL = command("poll", "<open|closed> <question> [answers …]", [
	{ name: "how", kind: "choice", choices: ["open", "closed"] },
	{ name: "question" },
	{ name: "answers", many: true },
]);
const ALL = [ROLL, MSG, POLL, command("me", "<text…>", [{ kind: "rest" }], "basics")];

test("a command is found by its name in any case, and by `plugin:name`", () => {
	assert.deepEqual(commandIn("/ROLL 2d6"), { name: "roll", end: 5 });
	assert.equal(commandNamed(ALL, "roll"), ROLL);
	assert.equal(commandNamed(ALL, "basics:me")?.name, "me");
	assert.equal(commandNamed(ALL, "rol"), undefined);
});

test("suggestions are commands with a similar spelling or with the same beginning", () => {
	const names = (/** @type {string} */ name) => suggestCommands(ALL, name).map((suggested) => suggested.name);
	assert.deepEqual(names("rol"), ["roll"]);
	assert.deepEqual(names("rlol"), ["roll"]);
	assert.deepEqual(names("pol"), ["poll", "roll"].slice(0, 1));
	assert.deepEqual(names("mgs"), ["msg"]);
	assert.deepEqual(names("banana"), []);
	assert.deepEqual(names(""), []);
});

test("a usage line has one part for the name and one for each argument", () => {
	assert.deepEqual(usageParts(ROLL), ["/roll", "[dice]", "[--to <user>]", "[--quiet]"]);
	assert.deepEqual(usageParts(MSG), ["/msg", "<who>", "<text…>"]);
	assert.deepEqual(usageParts(POLL), ["/poll", "<open|closed>", "<question>", "[answers …]"]);
});

test("the argument at the caret follows from the words before it", () => {
	/** @param {import("../../../../static/js/model/base/protocol.js").CommandHelp} one @param {string} before */
	const at = (one, before) => argumentAt(one, before).index;
	assert.equal(at(ROLL, " "), 0);
	assert.equal(at(ROLL, " 2d6"), 0);
	assert.equal(at(ROLL, " 2d6 "), -1);
	assert.equal(at(ROLL, " --to "), 1);
	assert.equal(at(ROLL, " --to bo"), 1);
	assert.equal(at(ROLL, " --to bob "), 0);
	assert.equal(at(ROLL, " —quiet "), 0);
	assert.equal(at(ROLL, " --qu"), 2);
	assert.equal(at(MSG, ' "bob the builder'), 0);
	assert.equal(at(MSG, ' "bob the builder" hello to you'), 1);
	assert.equal(at(POLL, " open “What now?” yes no per"), 2);
	assert.equal(argumentAt(MSG, " bo").word, "bo");
	assert.equal(at(POLL, " open ‘it’s what now?’ yes 'no"), 2);
	assert.equal(at(POLL, " open 'it's what now?"), 2, "an apostrophe that nothing closes holds no words together");
	assert.equal(at(POLL, " open 「what now?"), 1);
	assert.equal(at(ROLL, " −−TO "), 1);
	assert.equal(at(ROLL, " -- "), 0);
	assert.equal(at(ROLL, " -- --to"), 0, "options end at --");
	assert.equal(at(MSG, " bob -- "), 1);
});

test("after a slash the commands that begin with the typed text are offered", () => {
	const names = new CommandNameSource(() => ALL);
	const values = (/** @type {string} */ text, caret = text.length) =>
		names.find(text, caret)?.options.map(({ value }) => value);
	assert.deepEqual(values("/"), ["/roll ", "/msg ", "/poll ", "/me "]);
	assert.deepEqual(values("/M"), ["/msg ", "/me "]);
	assert.deepEqual(values("/basics:"), ["/me "]);
	assert.equal(values("//m"), undefined);
	assert.equal(values("say /m"), undefined);
	assert.equal(values("/msg bob"), undefined);
});

test("a command is described in the user's language, or else by its own summary", () => {
	const greek = new I18n("el", "el", { "command.roll.roll": "Ρίχνει ζάρια." });
	const names = new CommandNameSource(
		() => [ROLL, MSG, command("roll", "", [], "casino")],
		(described) => greek.command(described),
	);
	const details = names.find("/", 1)?.options.map(({ detail }) => detail);
	assert.deepEqual(details, ["Ρίχνει ζάρια.", "What /msg does.", "What /roll does."]);
});

test("the usage is shown at once, and the server's options are added", async () => {
	/** @type {[string, number][]} */
	const requests = [];
	const ask = async (/** @type {string} */ text, /** @type {number} */ caret) => {
		requests.push([text, caret]);
		return { from: 5, to: 7, options: [{ value: "bob ", label: "bob" }] };
	};
	const completion = new Completion([new CommandUsageSource(() => ALL), new CommandArgumentSource(() => ALL, ask)]);

	completion.update("/msg b", 6);
	completion.update("/msg bo", 7);
	assert.deepEqual(completion.hint, { parts: ["/msg", "<who>", "<text…>"], at: 1 });
	assert.deepEqual(completion.options, []);
	await new Promise((resolve) => completion.on("change", () => resolve(undefined)));

	assert.deepEqual(requests, [["/msg bo", 7]], "no request while the user types on");
	assert.deepEqual(completion.options, [{ value: "bob ", label: "bob" }]);
	assert.deepEqual(completion.hint?.at, 1);
});

test("choices need no request, and an empty argument counts as complete", () => {
	const completion = new Completion([new CommandUsageSource(() => ALL)]);
	completion.update("/poll ", 6);
	assert.deepEqual(
		completion.options.map(({ label }) => label),
		["open", "closed"],
	);
	assert.equal(completion.isComplete, true);
	completion.update("/poll cl", 8);
	assert.equal(completion.isComplete, false);
	assert.deepEqual(completion.choose(), { from: 6, to: 8, value: "closed " });
});
