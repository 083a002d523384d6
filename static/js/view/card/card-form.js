import { element } from "../ui/dom.js";

/** @typedef {import("../format/i18n.js").I18n} I18n */

export const MAX_REASON_CHARS = 200;

/** For how long: in minutes for a mute, in days for a ban; null for good. */
const TIMES = {
	mute: [10, 60, 24 * 60, 7 * 24 * 60],
	kick: [],
	ban: [1, 7, 30, null],
};
const PERMANENT = "good";

/**
 * The form of a mute, kick or ban: its duration and reason.
 * @param {I18n} i18n
 * @param {"mute" | "kick" | "ban"} measure
 * @param {{title: string, cancel: () => void,
 *   submit: (how: {time: number | null, reason: string, address: boolean}) => Promise<void>}} callbacks
 */
export function moderationForm(i18n, measure, { title, cancel, submit }) {
	const times = element(
		"select",
		{ id: "card-time" },
		...TIMES[measure].map((time) => {
			const value = time === null ? PERMANENT : String(time);
			return element("option", { value }, i18n.text(`card.${measure}.${value}`));
		}),
	);
	const reason = element("input", { id: "card-reason", type: "text", maxlength: MAX_REASON_CHARS, dir: "auto" });
	const address = element("input", { id: "card-address", type: "checkbox" });
	const sure = element("button", { class: "button small danger" }, i18n.text(`card.${measure}`));
	const back = element("button", { type: "button", class: "button small quiet" }, i18n.text("card.cancel"));
	const form = element(
		"form",
		{ class: "card-form" },
		element("p", { class: "card-question", dir: "auto" }, title),
		TIMES[measure].length > 0 ? field("card-time", i18n.text("card.time"), times) : null,
		field("card-reason", i18n.text("card.reason"), reason),
		measure === "ban" ? element("label", { class: "check" }, address, i18n.text("card.address")) : null,
		element("div", { class: "buttons" }, back, sure),
	);
	back.addEventListener("click", cancel);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		sure.disabled = true;
		const time = times.value === PERMANENT || times.value === "" ? null : Number(times.value);
		await submit({ time, reason: reason.value.trim(), address: address.checked });
		sure.disabled = false;
	});
	return form;
}

/** @param {string} id @param {string} label @param {HTMLElement} input */
function field(id, label, input) {
	return element("div", { class: "field" }, element("label", { for: id }, label), input);
}
