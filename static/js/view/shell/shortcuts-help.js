import { element, iconButton } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */

/**
 * The shortcuts by topic: their keys, and the text that says what they do. Keys that are pressed together are one item;
 * `*` is any character. Names of keys are not translated, as on keyboards.
 * @type {[string, [string[], string][]][]}
 */
const TOPICS = [
	[
		"go",
		[
			[["Ctrl K"], "find"],
			[["Alt ↑/↓"], "step"],
			[["Alt Shift ↑/↓"], "stepUnread"],
			[["F6", "Shift F6"], "region"],
			[["PgUp", "PgDn"], "scroll"],
		],
	],
	[
		"write",
		[
			[["*"], "type"],
			[["Enter"], "send"],
			[["Shift Enter"], "line"],
			[["↑"], "editLast"],
			[["Tab"], "accept"],
			[["Esc"], "close"],
		],
	],
	[
		"messages",
		[
			[["↑", "↓"], "move"],
			[["Enter"], "menu"],
			[["R"], "reply"],
			[["E"], "edit"],
			[["+"], "react"],
			[["Delete"], "remove"],
			[["Tab"], "inside"],
			[["Esc"], "leave"],
		],
	],
];

/** Show all keyboard shortcuts in a dialog. @param {I18n} i18n */
export function showShortcuts(i18n) {
	const close = iconButton(icon("close"), i18n.text("shortcuts.close"), { class: "icon-button" });
	const dialog = element(
		"dialog",
		{ id: "shortcuts", class: "shortcuts", "aria-labelledby": "shortcuts-title" },
		element("header", {}, element("h2", { id: "shortcuts-title" }, i18n.text("shortcuts.title")), close),
		element("div", { class: "shortcut-topics" }, ...TOPICS.map((topic) => topicNode(i18n, topic))),
	);
	close.addEventListener("click", () => dialog.close());
	dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}

/** @param {I18n} i18n @param {(typeof TOPICS)[number]} topic */
function topicNode(i18n, [topic, shortcuts]) {
	const rows = shortcuts.map(([keys, action]) =>
		element(
			"div",
			{ class: "shortcut" },
			element("dt", {}, ...keys.flatMap((each) => combination(i18n, each))),
			element("dd", {}, i18n.text(`shortcuts.${topic}.${action}`)),
		),
	);
	return element("section", {}, element("h3", {}, i18n.text(`shortcuts.${topic}`)), element("dl", {}, ...rows));
}

/** @param {I18n} i18n @param {string} keys */
function combination(i18n, keys) {
	const names = keys.split(" ").map((key) => (key === "Ctrl" && isMac() ? "⌘" : key));
	const nodes = names.map((name) => element("kbd", {}, name === "*" ? i18n.text("shortcuts.any") : name));
	return [element("span", { class: "keys" }, ...nodes), " "];
}

const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);
