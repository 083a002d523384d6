import assert from "node:assert/strict";
import { test } from "node:test";
import { inline } from "../../../../static/js/model/text/inline.js";
import { isCommand } from "../../../../static/js/model/text/links.js";

/** @param {string} text */
const links = (text) => inline(text).flatMap((token) => (token.kind === "link" ? [token.href] : []));

/** @param {string} text */
const channels = (text) => inline(text).flatMap((token) => (token.kind === "channel" ? [token.channel] : []));

test("only http, https and mailto links are found", () => {
	assert.deepEqual(links("see https://a.example/x?y=1#z and http://b.example or mailto:ada@example.org"), [
		"https://a.example/x?y=1#z",
		"http://b.example/",
		"mailto:ada@example.org",
	]);
	for (const bad of [
		"javascript:alert(1)",
		"data:text/html,<script>",
		"vbscript:x",
		"file:///etc/passwd",
		"https://",
		"http:///",
		"mailto:nobody",
		"xhttps://a.example",
	]) {
		assert.deepEqual(links(bad), [], bad);
	}
});

test("a link shows its real host and contains no invisible characters", () => {
	assert.deepEqual(links("https://bank.example@evil.example/ https://a:b@evil.example/"), []);
	assert.deepEqual(links("https://a.example/\u202egnp.exe https://b\u200b.example/"), [
		"https://a.example/",
		"https://b/",
	]);
	const hosts = (/** @type {string} */ text) => inline(text).map((token) => token.kind === "link" && token.host);
	assert.deepEqual(hosts("https://A.example:443/x"), [undefined]);
	assert.deepEqual(hosts("https://аpple.example/?https://xn--pple-43d.example"), ["xn--pple-43d.example"]);
	assert.deepEqual(hosts("http://0x7f.1/"), ["127.0.0.1"]);
});

test("punctuation that ends a sentence is not part of the link", () => {
	assert.deepEqual(links("Read https://a.example/x."), ["https://a.example/x"]);
	assert.deepEqual(links("Το διάβασες στο https://a.example/x;"), ["https://a.example/x"]);
	assert.deepEqual(links("(https://a.example/x), ok"), ["https://a.example/x"]);
	assert.deepEqual(links("https://a.example/x_(y)"), ["https://a.example/x_(y)"]);
});

test("markup in a text ends a link and stays text", () => {
	const tokens = inline('https://a.example/"onmouseover="x <img src=x onerror=alert(1)>');
	assert.deepEqual(tokens[0], { kind: "link", text: "https://a.example/", href: "https://a.example/" });
	assert.deepEqual(tokens[1]?.kind, "text");
	assert.equal(tokens.length, 2);
});

test("channels are found by their names", () => {
	assert.deepEqual(channels("come to #Music, or #a.b-c_9."), ["#music", "#a.b-c_9"]);
	assert.deepEqual(channels("και #Μουσική, #ting2α, #café!"), ["#μουσική", "#ting2α", "#café"]);
	assert.deepEqual(channels(`no: a#b #api #. #${"x".repeat(21)} https://a.example/#b`), []);
});

test("one slash begins a command, two slashes begin a text", () => {
	assert.deepEqual(["/me waves", "//me", "me"].map(isCommand), [true, false, false]);
});
