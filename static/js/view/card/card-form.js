import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */

export const MAX_REASON_CHARS = 200;

/** The durations to choose from: minutes for a mute, days for a ban; null is permanent. */
const DURATIONS = {
	mute: [10, 60, 24 * 60, 7 * 24 * 60],
	kick: [],
	ban: [1, 7, 30, null],
};
/** The option value of a permanent ban, and the end of its i18n key. */
const PERMANENT = "good";

/**
 * The form of a mute, kick or ban: its duration and reason.
 * @param {I18n} i18n
 * @param {"mute" | "kick" | "ban"} action
 * @param {{title: string, cancel: () => void,
 *   submit: (how: {duration: number | null, reason: string, address: boolean}) => Promise<void>}} callbacks
 */
export function moderationForm(i18n, action, { title, cancel, submit }) {
	const durations = element(
		"select",
		{ id: "card-time" },
		...DURATIONS[action].map((duration) => {
			const value = duration === null ? PERMANENT : String(duration);
			return element("option", { value }, i18n.text(`card.${action}.${value}`));
		}),
	);
	const reason = element("input", { id: "card-reason", type: "text", maxlength: MAX_REASON_CHARS, dir: "auto" });
	const address = element("input", { id: "card-address", type: "checkbox" });
	const submitButton = element("button", { class: "button small danger" }, i18n.text(`card.${action}`));
	const cancelButton = element("button", { type: "button", class: "button small quiet" }, i18n.text("card.cancel"));
	const form = element(
		"form",
		{ class: "card-form" },
		element("p", { class: "card-question", dir: "auto" }, title),
		DURATIONS[action].length > 0 ? field("card-time", i18n.text("card.time"), durations) : null,
		field("card-reason", i18n.text("card.reason"), reason),
		action === "ban" ? element("label", { class: "check" }, address, i18n.text("card.address")) : null,
		element("div", { class: "buttons" }, cancelButton, submitButton),
	);
	cancelButton.addEventListener("click", cancel);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		submitButton.disabled = true;
		const { value } = durations;
		const duration = value === PERMANENT || value === "" ? null : Number(value);
		await submit({ duration, reason: reason.value.trim(), address: address.checked });
		submitButton.disabled = false;
	});
	return form;
}

/** @param {string} id @param {string} label @param {HTMLElement} input */
function field(id, label, input) {
	return element("div", { class: "field" }, element("label", { for: id }, label), input);
}
