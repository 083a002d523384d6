import { isDirect } from "../../model/lists/conversation-list.js";
import { element } from "../ui/dom.js";

/** @typedef {import("./i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Person} Person */
/** @typedef {import("../../model/world.js").World} World */

/** The name of a user; a placeholder for a deleted account. @param {Person} person @param {I18n} i18n */
export const nameOf = ({ name }, i18n) => name || i18n.text("person.gone");

/**
 * The title of a conversation.
 * @param {import("../../model/conversation/conversation.js").Conversation} conversation
 * @param {I18n} i18n
 */
export const titleOf = ({ title, with: person }, i18n) => (person ? nameOf(person, i18n) : title);

/** The title of a conversation that may not be loaded. @param {string} id @param {World} world @param {I18n} i18n */
export function titleById(id, world, i18n) {
	if (!isDirect(id)) return id;
	const person = world.otherUser(id);
	return person ? nameOf(person, i18n) : "…";
}

/** The attributes of an element that opens a user's card, by pointer or keyboard. @param {Person} person */
export const cardAttributes = ({ id }) => ({ "data-card": id, role: "button", tabindex: 0 });

/**
 * The name of a user, marked if it is a former name.
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
