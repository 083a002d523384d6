import { ask } from "../ui/dialog.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/session/session.js").Session} Session */

/**
 * Creates the action that signs out. A user without a password would lose the name and is asked first.
 * @param {Session} session
 * @param {I18n} i18n
 * @param {Pick<Actions, "navigation" | "session">} actions
 * @returns {() => Promise<void>} rejected with a Refusal
 */
export function createSignOut(session, i18n, actions) {
	return async () => {
		const { me } = session;
		const keepsName = !me || me.has_password;
		const answer = keepsName ? "leave" : await confirmSignOut(i18n, me.name);
		if (answer === "password") actions.navigation.open({ kind: "settings", section: "password" });
		if (answer === "leave") await actions.session.signOut();
	};
}

/**
 * Asks a user whose name is not protected by a password.
 * @param {I18n} i18n
 * @param {string} name
 * @returns {Promise<"password" | "leave" | "cancel">}
 */
async function confirmSignOut(i18n, name) {
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
