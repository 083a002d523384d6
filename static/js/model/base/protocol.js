/**
 * The vocabulary of the protocol: frames with their fields, error codes and close codes. Pure data;
 * a test compares it with the server's own tables and with docs/protocol.md.
 */

/** Frames that a client sends. */
export const COMMANDS = {
	join: ["ref", "conversation", "after", "epoch"],
	leave: ["ref", "conversation"],
	draft: ["conversation", "id", "text"],
	send: ["ref", "conversation", "id", "text", "reply_to", "file"],
	edit: ["ref", "id", "text", "seq"],
	delete: ["ref", "id"],
	react: ["ref", "id", "emoji", "on"],
	read: ["ref", "conversation", "seq"],
	visit: ["ref", "conversation"],
	ping: ["ref"],
};

/** Frames that the server sends, with their optional fields. */
export const EVENTS = {
	welcome: ["me", "version", "epoch", "limits", "commands"],
	joined: ["ref", "conversation", "topic", "head", "epoch", "read", "people", "drafts", "mine"],
	ack: ["ref", "id", "seq", "position"],
	error: ["ref", "id", "code", "message", "field", "retry_after", "reason", "conversation"],
	message: [
		"id",
		"conversation",
		"seq",
		"first",
		"position",
		"author",
		"kind",
		"text",
		"started",
		"sent",
		"edited",
		"edited_from",
		"deleted",
		"reply_to",
		"file",
		"reactions",
		"mentions",
		"mention_ranges",
		"via",
	],
	draft: ["conversation", "drafts", "mine", "all"],
	me: ["me"],
	person: ["person"],
	presence: ["conversation", "came", "went"],
	conversation: ["conversation", "topic"],
	removed: ["how", "reason", "conversation", "until"],
	read: ["conversation", "seq", "head", "unread", "mentions"],
	entry: ["entry"],
	unlisted: ["conversation"],
	online: ["user", "online"],
	activity: ["conversation", "head", "messages"],
	notice: ["conversation", "text", "ref", "id"],
	commands: ["commands"],
};

/** All error codes of the server. */
export const ERRORS = [
	"bad_request",
	"bad_frame",
	"unknown_type",
	"bad_name",
	"bad_password",
	"bad_email",
	"bad_birth_date",
	"bad_gender",
	"bad_place",
	"bad_conversation",
	"bad_text",
	"bad_topic",
	"bad_file",
	"bad_picture",
	"bad_query",
	"bad_emoji",
	"bad_reason",
	"unknown_command",
	"bad_arguments",
	"command_failed",
	"command_paused",
	"no_session",
	"bad_origin",
	"bad_host",
	"wrong_password",
	"not_allowed",
	"password_needed",
	"invitation_needed",
	"bad_invitation",
	"closed",
	"banned",
	"muted",
	"kicked",
	"not_yours",
	"not_found",
	"unknown_name",
	"not_joined",
	"no_such_conversation",
	"similar_channel",
	"no_such_message",
	"deserted",
	"bad_method",
	"name_taken",
	"name_reserved",
	"id_taken",
	"deleted",
	"edit_conflict",
	"other_epoch",
	"too_many_reactions",
	"too_large",
	"bad_content_type",
	"header_too_large",
	"bad_range",
	"busy",
	"too_many",
	"storage_full",
	"quota_used",
	"internal",
];

/** The actions that the audit log records. */
export const ACTS = [
	"role",
	"mute",
	"unmute",
	"kick",
	"ban",
	"unban",
	"delete",
	"invite",
	"revoke",
	"accept",
	"reset-password",
	"sign-out",
	"delete-account",
	"token-create",
	"token-revoke",
	"password",
	"rename",
	"end-session",
	"topic",
	"plugin-on",
	"plugin-off",
];

/** Why the server closes a websocket. */
export const CLOSE_CODES = {
	GOING_AWAY: 1001,
	TOO_LARGE: 1009,
	RESTART: 1012,
	TOO_SLOW: 4001,
	SESSION_ENDED: 4002,
	BAD_FRAME: 4003,
	FLOOD: 4005,
	BANNED: 4004,
};

export const SUBPROTOCOL = "ting.v1";

/** Used until `welcome` brings the limits of the server. */
export const DEFAULT_LIMITS = {
	text: 4000,
	topic: 200,
	frame: 65536,
	file: 26214400,
	avatar: 5242880,
	pictures: ["image/png", "image/jpeg", "image/webp", "image/gif"],
};

/**
 * @typedef {{id: string, name: string, avatar?: string, former?: boolean}} Person `avatar` identifies the
 *   profile picture; a `former` user lost the name or deleted the account, and has an empty name
 * @typedef {"letters" | "indicator" | "nothing"} TypingView
 * @typedef {{share_typing: TypingView | null, see_typing: TypingView}} TypingChoices `share_typing` is null until the
 *   user has chosen
 * @typedef {"member" | "moderator" | "admin"} Role
 * @typedef {{role?: Role, muted_until?: number | null, mute_reason?: string, ignored?: string[]}} Restrictions the
 *   role, the end of a mute, and the ids of the users on the ignore list
 * @typedef {"el" | "en"} Language
 * @typedef {"light" | "dark"} Theme
 * @typedef {"sections" | "activity"} ListOrder of the list of conversations
 * @typedef {"age" | "gender" | "place" | "last_seen"} Shown
 * @typedef {{email: string | null, birth_date: string | null, gender: string | null, place: string | null}} Profile
 *   `birth_date` is YYYY-MM-DD
 * @typedef {{sound: boolean, desktop: boolean, quiet_from: string | null, quiet_to: string | null, preview: boolean}}
 *   NotificationSettings the quiet hours are between two times of the day, HH:MM
 * @typedef {{language?: Language | null, theme?: Theme | null, list_order?: ListOrder, profile?: Profile,
 *   shown?: Shown[], notifications?: NotificationSettings}} AccountSettings
 * @typedef {{id: string, name: string, avatar?: string, created: number, has_password: boolean} & TypingChoices &
 *   Restrictions & AccountSettings} Me
 * @typedef {Partial<TypingChoices & Profile & Omit<AccountSettings, "profile">>} Changes what a user can change in
 *   their account
 * @typedef {{id: string, name: string, avatar?: string, former?: boolean, role?: Role, created: number,
 *   online?: boolean, last_seen?: number, age?: number, gender?: string, place?: string, muted_until?: number,
 *   ban?: {until: number | null, reason: string}, ignored?: boolean}} Card the public profile of a user; only moderators
 *   see the `ban`
 * @typedef {"open" | "password" | "invite" | "closed"} RegistrationMode
 * @typedef {{registration: RegistrationMode, users: boolean,
 *   invitation?: {role: Role, admits: boolean} | null | undefined}} Registration what is needed to register;
 *   `invitation` is null if the given one cannot be used
 * @typedef {{id: string, token?: string, link?: string, uses: number, left: number, expires: number, role: Role,
 *   by?: Person | null}} Invitation `by` is missing if it was created at the command line
 * @typedef {{id: string, name: string, at: number, until: number | null, reason: string, address: boolean,
 *   by?: Person | null}} Ban
 * @typedef {{id: string, at: number, by: Person, act: string, whom?: Person, conversation?: string, message?: string,
 *   role?: Role, until?: number, address?: boolean, invitation?: string, reason?: string}} Act an entry of the audit
 *   log
 * @typedef {{id: string, agent: string, address: string, created: number, used: number, current: boolean}} Device
 *   a session of the user
 * @typedef {{id: string, name: string, created: number, used?: number | null, expires?: number | null}} Token a token
 *   for a program
 * @typedef {{text: number, topic: number, frame: number, file: number, avatar: number,
 *   pictures: string[]}} Limits
 * @typedef {{name: string, kind: "text" | "number" | "choice" | "user" | "channel" | "duration" | "time" | "flag" |
 *   "rest" | "custom", required?: boolean, choices?: string[], keyword?: boolean, many?: boolean}} CommandArgument
 * @typedef {{name: string, plugin: string, usage: string, summary: string, arguments: CommandArgument[],
 *   role: "everyone" | "member" | "moderator" | "admin"}} CommandHelp
 * @typedef {{name: string, enabled: boolean, commands: string[], usages: CommandHelp[],
 *   description: string, reason: string, paused_s: number}} PluginState
 *   `reason` says why it could not be loaded
 *
 * @typedef {{id: string, author: Person, text: string, deleted?: boolean}} Quote the message that a reply
 *   answers
 * @typedef {{id: string, name: string, type: string, size: number, width?: number, height?: number,
 *   preview?: boolean, animated?: boolean}} File
 *
 * @typedef {object} Message the current version of a message
 * @property {"message"} type
 * @property {string} id
 * @property {string} conversation
 * @property {number} seq
 * @property {number} first
 * @property {number} position
 * @property {Person} author
 * @property {string} kind
 * @property {string} text
 * @property {number} started
 * @property {number} sent
 * @property {number} [edited]
 * @property {number} [edited_from] the seq of the version that the last edit replaced
 * @property {number} [deleted]
 * @property {Quote} [reply_to]
 * @property {File} [file]
 * @property {Record<string, string[]>} [reactions] user ids by emoji
 * @property {string[]} [mentions] user ids, and "here" for all users who are present
 * @property {[number, number, string][]} [mention_ranges] start and end of each mention in code points, and who
 * @property {string} [via] the name of the command that sent it
 *
 * @typedef {{id: string, author: Person, position: number, text: string | null}} Draft a message that is being typed;
 *   its text is "" if its author does not share it, and null when the draft has ended
 *
 * @typedef {{type: "welcome", me: Me, version: string, epoch: string, limits: Limits, commands: CommandHelp[]}} Welcome
 *   `epoch` identifies the state of the database: restoring a backup begins another one
 * @typedef {{type: "joined", ref: number, conversation: string, topic: string, head: number, epoch?: string,
 *   people: Person[], drafts?: Draft[], mine?: Draft, read?: number}} Joined
 * @typedef {{type: "ack", ref: number, id?: string, seq?: number, position?: number}} Ack
 * @typedef {{type: "error", ref?: number, id?: string, code: string, message: string, field?: string,
 *   retry_after?: number, reason?: string, conversation?: string}} ErrorFrame `id` is that of a refused draft, which
 *   has no `ref`; `conversation` is the one to use instead
 * @typedef {{type: "draft", conversation: string, drafts: Draft[], mine?: boolean, all?: boolean}} DraftChange
 * @typedef {{type: "me", me: Me}} MeChange
 * @typedef {{type: "person", person: Person}} PersonChange
 * @typedef {{type: "presence", conversation: string, came: Person[], went: string[]}} Presence
 * @typedef {{type: "conversation", conversation: string, topic: string}} ConversationChanged
 * @typedef {{type: "removed", how: "kicked" | "banned", reason: string, conversation?: string, until?: number}} Removed
 * @typedef {{type: "entry", entry: Entry}} EntryChanged
 * @typedef {{type: "online", user: string, online: boolean}} OnlineChange
 * @typedef {{type: "unlisted", conversation: string}} Unlisted
 * @typedef {{type: "read", conversation: string, seq: number, head: number, unread: number, mentions: number}} Read
 * @typedef {{type: "activity", conversation: string, head: number, messages: Message[]}} Activity
 * @typedef {{type: "notice", conversation: string, text: string, ref?: number, id?: string}} Notice a later one
 *   with the same id replaces it; one without text removes it
 * @typedef {Welcome | Joined | Ack | ErrorFrame | Message | DraftChange | MeChange | PersonChange | Presence |
 *   ConversationChanged | Removed | Notice | EntryChanged | Unlisted | OnlineChange | Read | Activity} Event
 *
 * @typedef {"all" | "mentions" | "nothing"} Notify
 *
 * @typedef {object} Entry a conversation in the list of a user
 * @property {string} conversation
 * @property {Person} [with] the other user of a direct conversation
 * @property {string} [topic]
 * @property {number} [people] how many users are present
 * @property {boolean} [online] whether the other user is online, if they share it
 * @property {number} head
 * @property {number} read
 * @property {number} [unread]
 * @property {number} [mentions]
 * @property {number} active milliseconds since 1970
 * @property {boolean} [pinned]
 * @property {Notify} [notify]
 * @typedef {{conversation: string, topic?: string, people?: number, active?: number}} Channel an entry
 *   of the channel directory
 * @typedef {{message: Message, marks: [number, number][]}} Hit a search result; `marks` are the ranges of
 *   the matches in its text, in code points
 *
 * @typedef {{messages: Message[], more: boolean, newer?: boolean}} HistoryPage by rising position; `more`: there
 *   are older messages, `newer`: there are newer ones
 * @typedef {{messages: Message[], head: number, epoch?: string}} ChangesPage
 */
