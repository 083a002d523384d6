import { Refusal } from "../model/refusal.js";
import { element, grow, isSubmitKey } from "./elements.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/protocol.js").Message} Message */

/**
 * A message's text being changed, in the message's own place.
 * @param {Message} message
 * @param {I18n} i18n
 * @param {{save: (text: string) => Promise<void>, close: () => void}} does
 */
export function editor(message, i18n, { save, close }) {
	const area = element("textarea", { class: "edit-text", rows: 1, dir: "auto", "aria-label": i18n.text("edit.label") });
	area.value = message.text;
	const error = element("p", { class: "error", role: "alert" });
	const form = element(
		"form",
		{ class: "bubble editor" },
		area,
		error,
		element(
			"div",
			{ class: "buttons" },
			element("button", { type: "button", class: "button small quiet", "data-cancel": true }, i18n.text("edit.cancel")),
			element("button", { class: "button small" }, i18n.text("edit.save")),
		),
	);
	const submit = async () => {
		const text = area.value.trim();
		if (!text || text === message.text) return close();
		try {
			await save(text);
			close();
		} catch (reason) {
			error.textContent = i18n.error(Refusal.from(reason));
			area.focus();
		}
	};
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		submit();
	});
	form.querySelector("[data-cancel]")?.addEventListener("click", close);
	area.addEventListener("input", () => grow(area));
	area.addEventListener("keydown", (event) => {
		if (event.key === "Escape" && !event.isComposing) close();
		if (!isSubmitKey(event)) return;
		event.preventDefault();
		submit();
	});
	const line = element(
		"article",
		{ class: "message own editing begins ends", "data-id": message.id, "data-seq": message.seq },
		form,
	);
	requestAnimationFrame(() => {
		grow(area);
		area.focus();
		area.setSelectionRange(area.value.length, area.value.length);
	});
	return line;
}
