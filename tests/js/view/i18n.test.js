import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ACTS, ERRORS } from "../../../static/js/model/base/protocol.js";
import { Dates } from "../../../static/js/view/format/dates.js";
import { chooseLanguage, I18n } from "../../../static/js/view/format/i18n.js";
import { sizeText } from "../../../static/js/view/format/numbers.js";

const STATIC = new URL("../../../static/", import.meta.url);

/** @param {string} language @returns {Record<string, string | Record<string, string>>} */
const texts = (language) => JSON.parse(readFileSync(new URL(`i18n/${language}.json`, STATIC), "utf8"));

const [en, el] = [texts("en"), texts("el")];

/** Errors that are shown with the server's text, which contains a number. */
const SERVER_TEXTS = ["bad_arguments", "command_paused", "internal", "command_failed"];

test("both languages have the same keys, with the same placeholders", () => {
	assert.deepEqual(Object.keys(el).sort(), Object.keys(en).sort());
	for (const key of Object.keys(en)) {
		const placeholders = [en, el].map((language) =>
			[...new Set(JSON.stringify(language[key]).match(/\{\w+\}/g))].sort(),
		);
		assert.deepEqual(placeholders[1], placeholders[0], key);
		assert.equal(typeof el[key], typeof en[key], key);
	}
});

test("every key that the views use exists", () => {
	const sources = readdirSync(new URL("js/view/", STATIC), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".js"))
		.map((file) => readFileSync(new URL(`js/view/${file}`, STATIC), "utf8"));
	const used = sources.flatMap((source) =>
		[...source.matchAll(/\.text\("([\w.]+)"/g)].map((match) => String(match[1])),
	);
	assert.ok(used.length > 20);
	for (const key of used) assert.ok(key in en, key);
});

test("every error has a text, except those with a text of the server", () => {
	for (const code of [...ERRORS, "offline"]) {
		assert.equal(`error.${code}` in en, !SERVER_TEXTS.includes(code), code);
	}
});

test("every action in the audit log has a text", () => {
	for (const act of ACTS) assert.ok(`audit.${act}` in en, act);
});

test("an error without a text is shown with the server's text", () => {
	assert.equal(new I18n("en", "en", en).error({ code: "internal", message: "Error 1234." }), "Error 1234.");
	assert.equal(new I18n("el", "el", el).error({ code: "busy", message: "Busy." }), el["error.busy"]);
});

test("a rate limit is shown with the seconds to wait", () => {
	const tooMany = { code: "too_many", message: "Later." };
	const english = new I18n("en", "en", en);
	assert.match(english.error({ ...tooMany, retryAfterS: 11.2 }), /in 12 seconds\.$/);
	assert.match(english.error({ ...tooMany, retryAfterS: 0.4 }), /in 1 second\.$/);
});

test("a size limit is named in the notation of the language", () => {
	const tooLarge = { code: "too_large", message: "Too large." };
	assert.equal(new I18n("en", "en", en).error({ ...tooLarge, limit: 5_000_000 }), "This is too large: at most 5 MB.");
	assert.match(new I18n("el", "el", el).error({ ...tooLarge, limit: 1_500_000 }), /έως 1,5 MB\.$/);
	assert.equal(new I18n("en", "en", en).error(tooLarge), en["error.too_large"], "a proxy names no limit");
	assert.equal(new I18n("en", "en", en).error({ code: "busy", message: "", limit: 3 }), en["error.busy"]);
});

test("a size of some bytes has a plural", () => {
	for (const [language, texts] of /** @type {const} */ ([
		["en", en],
		["el", el],
	])) {
		const shown = [0, 1, 3, 999, 1000].map((bytes) => sizeText(bytes, new I18n(language, language, texts)));
		assert.deepEqual(shown, ["0 bytes", "1 byte", "3 bytes", "999 bytes", "1 kB"], language);
	}
});

test("a time has the form of its locale, without a leading zero in English", () => {
	const at = Number(new Date(2026, 4, 4, 9, 5));
	const times = ["en-US", "en-GB", "el"].map((locale) => new Dates(locale).time(at).replaceAll("\u202f", " "));
	assert.deepEqual(times, ["9:05 AM", "09:05", "9:05 π.μ."]);
});

test("a time at the end of a sentence brings no second full stop", () => {
	const greek = new I18n("el", "el", el);
	assert.equal(greek.text("banned.until", { when: "7:18 μ.μ." }), "Έως 7:18 μ.μ.");
	assert.equal(greek.text("banned.until", { when: "19:18" }), "Έως 19:18.");
	assert.equal(greek.text("banned.until"), "Έως {when}.");
});

/** Words that are not used, since there is another one for the same thing. */
const UNUSED_WORDS = {
	en: /come in\b|silence|door|how often|what was done|tell me|about to enter|log ?in|log ?out|whom\b/i,
	el: /σιγή|αιτία|παλιότερ|πού πάμε|είσοδος|ιδιωτικ|δωμάτι/i,
};

test("one thing has one word", () => {
	for (const [language, texts] of /** @type {const} */ ([
		["en", en],
		["el", el],
	]))
		for (const [key, text] of Object.entries(texts))
			assert.doesNotMatch(JSON.stringify(text).replace(/\{\w+\}/g, ""), UNUSED_WORDS[language], key);
});

test("a past time is shown in the unit that fits", () => {
	const now = Date.UTC(2026, 4, 4, 12);
	const ago = [0, 59, 60, 3 * 3600, 26 * 3600, 40 * 86400].map((s) => new Dates("en").ago(now - s * 1000, now));
	assert.deepEqual(ago, ["now", "now", "1 minute ago", "3 hours ago", "yesterday", "40 days ago"]);
	assert.equal(new Dates("en").ago(now + 5000, now), "now", "clocks differ");
	const days = (/** @type {Date} */ at, /** @type {Date} */ now) => new Dates("en").ago(Number(at), Number(now));
	assert.equal(days(new Date(2026, 4, 4, 12), new Date(2026, 4, 6, 10)), "2 days ago", "46 hours");
	assert.equal(days(new Date(2026, 4, 4, 12), new Date(2026, 4, 5, 23)), "yesterday", "35 hours");
});

test("the first supported language is chosen, with its date formats", () => {
	assert.deepEqual(chooseLanguage(["de-DE", "el-CY", "en-GB"]), { language: "el", locale: "el-CY" });
	assert.deepEqual(chooseLanguage(["de-DE"]), { language: "en", locale: "en" });
});

test("plural forms follow the language", () => {
	const greek = new I18n("el", "el", el);
	assert.equal(greek.text("timeline.newer", { count: 1 }), "1 νέο μήνυμα");
	assert.equal(greek.text("timeline.newer", { count: 3 }), "3 νέα μηνύματα");
});
