/** The sections of the settings, in their order. */

import { AppearanceSection } from "./appearance.js";
import { AuditSection } from "./audit.js";
import { AvatarSection } from "./avatar.js";
import { BansSection } from "./bans.js";
import { DataSection } from "./data.js";
import { DevicesSection } from "./devices.js";
import { IgnoredSection } from "./ignored.js";
import { InvitationsSection } from "./invitations.js";
import { NotificationsSection } from "./notifications.js";
import { PasswordSection } from "./password.js";
import { PluginsSection } from "./plugins.js";
import { ProfileSection } from "./profile.js";
import { TokensSection } from "./tokens.js";
import { TypingSection } from "./typing.js";

/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../format/i18n.js").I18n} I18n */
/** @typedef {import("../../model/base/protocol.js").Role} Role */
/** @typedef {import("../../model/world.js").World} World */

/**
 * @typedef {object} SettingsSection
 * @property {HTMLElement} element its id is the anchor
 * @property {readonly Role[]} [roles] which see the section; all roles if missing
 * @property {() => unknown} [load] loads what only the server knows
 * @property {() => void} [clear] removes the data of the last user
 * @property {() => void} [focus] focuses the first field after a jump to the section
 */

/**
 * @param {World} world
 * @param {I18n} i18n
 * @param {Pick<Actions, "account" | "moderation" | "plugins">} actions
 * @param {() => Promise<void>} signOut
 * @returns {readonly SettingsSection[]}
 */
export function createSections(world, i18n, actions, signOut) {
	const { account, moderation, plugins } = actions;
	const devices = new DevicesSection(i18n, account, signOut);
	const password = new PasswordSection(world, i18n, async (newPassword, current) => {
		await account.setPassword(newPassword, current);
		devices.load();
	});
	return [
		new AvatarSection(world, i18n, account),
		password,
		new ProfileSection(world.session, i18n, account),
		new AppearanceSection(world.session, i18n, account),
		new TypingSection(world, i18n, account),
		new NotificationsSection(world, i18n, account),
		devices,
		new TokensSection(world.session, i18n, account),
		new IgnoredSection(world, i18n, account),
		new InvitationsSection(world.session, i18n, moderation),
		new BansSection(i18n, moderation),
		new AuditSection(i18n, moderation),
		new PluginsSection(i18n, plugins),
		new DataSection(world.session, i18n, account),
	];
}
