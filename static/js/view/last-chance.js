import { ask } from "./confirm.js";

/**
 * Before somebody leaves whose name nothing keeps.
 * @param {import("./i18n.js").I18n} i18n
 * @param {string} name
 * @returns {Promise<"password" | "leave" | "cancel">}
 */
export async function lastChance(i18n, name) {
	const answer = await ask({
		title: i18n.text("lastChance.title", { name }),
		text: i18n.text("lastChance.text"),
		answers: [
			{ value: "password", label: i18n.text("lastChance.password"), style: "advised" },
			{ value: "leave", label: i18n.text("lastChance.leave"), style: "risky" },
			{ value: "cancel", label: i18n.text("lastChance.cancel"), style: "quiet" },
		],
	});
	return answer === "password" || answer === "leave" ? answer : "cancel";
}
