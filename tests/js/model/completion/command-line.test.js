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

/** @param {string} name @param {string} usage @param {Partial<import("../../../../static/js/model/base/protocol.js").CommandArgument>[]} args */
const command = (name, usage, args, plugin = name) => ({
	name,
	plugin,
	usage: `/${name} ${usage}`.trim(),
	summary: `What /${name} does.`,
	arguments: args.map((one, index) => ({ name: `a${index}`, kind: /** @type {const} */ ("text"), ...one })),
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

test("a command is known by its name, whatever the case, and by that of its plugin", () => {
	assert.deepEqual(commandIn("/ROLL 2d6"), { name: "roll", end: 5 });
	assert.equal(commandNamed(ALL, "roll"), ROLL);
	assert.equal(commandNamed(ALL, "basics:me")?.name, "me");
	assert.equal(commandNamed(ALL, "rol"), undefined);
});

test("what was meant is what is spelled nearly so, or begins so", () => {
	const names = (/** @type {string} */ name) => suggestCommands(ALL, name).map((each) => each.name);
	assert.deepEqual(names("rol"), ["roll"]);
	assert.deepEqual(names("rlol"), ["roll"]);
	assert.deepEqual(names("pol"), ["poll", "roll"].slice(0, 1));
	assert.deepEqual(names("mgs"), ["msg"]);
	assert.deepEqual(names("banana"), []);
	assert.deepEqual(names(""), []);
});

test("a usage line has a piece for the name and one for each argument", () => {
	assert.deepEqual(usageParts(ROLL), ["/roll", "[dice]", "[--to <user>]", "[--quiet]"]);
	assert.deepEqual(usageParts(MSG), ["/msg", "<who>", "<text…>"]);
	assert.deepEqual(usageParts(POLL), ["/poll", "<open|closed>", "<question>", "[answers …]"]);
});

test("the argument one is at follows from the words before the caret", () => {
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
});

test("behind a slash all commands are offered, and those alone that begin so", () => {
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

test("a command is described in the reader's words, or else in its own", () => {
	const greek = new I18n("el", "el", { "command.roll.roll": "Ρίχνει ζάρια." });
	const names = new CommandNameSource(
		() => [ROLL, MSG, command("roll", "", [], "casino")],
		(one) => greek.command(one),
	);
	const details = names.find("/", 1)?.options.map(({ detail }) => detail);
	assert.deepEqual(details, ["Ρίχνει ζάρια.", "What /msg does.", "What /roll does."]);
});

test("how a command is used is shown at once, and what the server knows is added", async () => {
	/** @type {[string, number][]} */
	const asked = [];
	const ask = async (/** @type {string} */ text, /** @type {number} */ caret) => {
		asked.push([text, caret]);
		return { from: 5, to: 7, options: [{ value: "bob ", label: "bob" }] };
	};
	const completion = new Completion([new CommandUsageSource(() => ALL), new CommandArgumentSource(() => ALL, ask)]);

	completion.update("/msg b", 6);
	completion.update("/msg bo", 7);
	assert.deepEqual(completion.hint, { parts: ["/msg", "<who>", "<text…>"], at: 1 });
	assert.deepEqual(completion.options, []);
	await new Promise((heard) => completion.on("change", () => heard(undefined)));

	assert.deepEqual(asked, [["/msg bo", 7]], "whoever types on is not asked for in between");
	assert.deepEqual(completion.options, [{ value: "bob ", label: "bob" }]);
	assert.deepEqual(completion.hint?.at, 1);
});

test("choices need no server, and nothing typed of them means nothing chosen", () => {
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
