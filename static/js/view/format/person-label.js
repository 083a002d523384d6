import { isDirect } from "../../model/lists/conversation-list.js";
import { element } from "../ui/dom.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/world.js").World} World */

/** The name of a user; a placeholder for a deleted account. @param {Person} person @param {I18n} i18n */
export const nameOf = ({ name }, i18n) => name || i18n.text("person.gone");

/** What a conversation is called. @param {import("../../model/conversation/conversation.js").Conversation} conversation @param {I18n} i18n */
export const titleOf = ({ title, with: person }, i18n) => (person ? nameOf(person, i18n) : title);

/** What a conversation is called that need not be loaded. @param {string} id @param {World} world @param {I18n} i18n */
export function titleById(id, world, i18n) {
	if (!isDirect(id)) return id;
	const person = world.otherUser(id);
	return person ? nameOf(person, i18n) : "…";
}

/** What leads to somebody's card, for pointer and keyboard. @param {Person} person */
export const toCard = ({ id }) => ({ "data-card": id, role: "button", tabindex: 0 });

/**
 * Somebody's name, with a mark on one that is no longer theirs.
 * @param {Person} person
 * @param {I18n} i18n
 * @param {string} [className]
 */
export function nameNode(person, i18n, className) {
	const name = element("bdi", { class: className }, nameOf(person, i18n));
	if (!person.former || !person.name) return name;
	const mark = element("span", { class: "former" }, i18n.text("person.former"));
	return element("span", { class: "former-name" }, name, " ", mark);
}
