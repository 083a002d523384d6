import { avatar } from "../format/avatar.js";
import { nameNode } from "../format/person-label.js";
import { element } from "../ui/dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../format/dates.js").Dates} Dates */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Card} Card */
/** @typedef {import("../../model/base/protocol.js").Person} Person */

/**
 * The head of a card: avatar, name, role and presence, or that the user is banned.
 * @param {Person} person
 * @param {Card | null} card null until the server has answered
 * @param {I18n} i18n
 * @param {Dates} dates
 */
export function cardHead(person, card, i18n, dates) {
	const role = card?.role ?? "member";
	const badge = role === "member" ? null : element("span", { class: "you" }, i18n.text(`role.${role}`));
	return element(
		"div",
		{ class: "card-head" },
		avatar(person, 256),
		element(
			"div",
			{ class: "card-words" },
			element("h2", { class: "card-name" }, nameNode(person, i18n)),
			badge,
			card?.ban
				? element("p", { class: "card-banned" }, icon("ban"), i18n.text("card.isBanned"))
				: element("p", { class: "card-presence", "data-online": card?.online }, presence(card, i18n, dates)),
		),
	);
}

/** Empty if the user does not share it. @param {Card | null} card @param {I18n} i18n @param {Dates} dates */
function presence(card, i18n, dates) {
	if (card?.online) return i18n.text("card.online");
	return card?.last_seen ? i18n.text("card.seen", { ago: dates.ago(card.last_seen) }) : "";
}

/**
 * The facts that a user shares; null until the card is loaded.
 * @param {Card | null} card
 * @param {I18n} i18n
 * @param {Dates} dates
 */
export function cardFacts(card, i18n, dates) {
	if (!card) return null;
	const { age, gender = "", place = "", created, muted_until: muted, ban } = card;
	const facts = [
		["age", age === undefined ? "" : String(age)],
		["gender", gender],
		["place", place],
		["since", dates.date(created)],
		["muted", muted ? dates.moment(muted) : ""],
		["banned", ban?.until ? dates.moment(ban.until) : ""],
		["ban", ban && !ban.until ? i18n.text("bans.forGood") : ""],
		["banReason", ban?.reason ?? ""],
	].filter(([, value]) => value !== "");
	return element(
		"dl",
		{ class: "card-facts" },
		...facts.flatMap(([name, value]) => [
			element("dt", {}, i18n.text(`card.${name}`)),
			element("dd", { dir: "auto" }, String(value)),
		]),
	);
}
