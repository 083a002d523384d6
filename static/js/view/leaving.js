import { lastChance } from "./last-chance.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../model/session.js").Session} Session */

/**
 * The way out. Whoever would lose their name is asked first.
 * @param {Session} session
 * @param {I18n} i18n
 * @param {Actions} actions
 * @returns {() => Promise<void>} rejected with a Refusal
 */
export function wayOut(session, i18n, actions) {
	return async () => {
		const { me } = session;
		const isKept = !me || me.has_password;
		const answer = isKept ? "leave" : await lastChance(i18n, me.name);
		if (answer === "password") actions.visit({ kind: "settings", section: "password" });
		if (answer === "leave") await actions.leave();
	};
}
