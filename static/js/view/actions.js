/**
 * The actions of the controllers that views call, in groups: a view takes the groups that it needs. `main.js` provides
 * them.
 * Every promise is rejected with a `Refusal`.
 */

/** @typedef {import("../model/base/protocol.js").Act} Act */
/** @typedef {import("../model/base/protocol.js").Ban} Ban */
/** @typedef {import("../model/base/protocol.js").Card} Card */
/** @typedef {import("../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../model/base/protocol.js").Channel} Channel */
/** @typedef {import("../model/base/protocol.js").Device} Device */
/** @typedef {import("../model/base/protocol.js").Entry} Entry */
/** @typedef {import("../model/base/protocol.js").Invitation} Invitation */
/** @typedef {import("../model/base/protocol.js").Message} Message */
/** @typedef {import("../model/base/protocol.js").Person} Person */
/** @typedef {import("../model/base/protocol.js").PluginState} PluginState */
/** @typedef {import("../model/base/protocol.js").Registration} Registration */
/** @typedef {import("../model/base/protocol.js").Role} Role */
/** @typedef {import("../model/base/protocol.js").Token} Token */
/** @typedef {import("../model/completion/completion.js").Found} Found */
/** @typedef {import("../model/conversation/conversation.js").Conversation} Conversation */
/** @typedef {import("../model/lists/routes.js").Place} Place */

/**
 * @typedef {object} SessionActions
 * @property {(name: string, password?: string, create?: boolean) => Promise<void>} signIn `create` registers a new name
 * @property {() => Promise<void>} signOut
 */

/**
 * @typedef {object} AccountActions the user's own account
 * @property {(changes: Changes) => Promise<void>} update
 * @property {(name: string) => Promise<void>} rename
 * @property {(picture: Blob, progress: (part: number) => void) => Promise<void>} setAvatar progress from 0 to 1
 * @property {() => Promise<void>} resetAvatar to the one that is made from the name
 * @property {(password: string, current?: string) => Promise<void>} setPassword
 * @property {() => Promise<Device[]>} devices
 * @property {(id: string) => Promise<void>} revokeSession
 * @property {() => Promise<Token[]>} tokens
 * @property {(name: string, days: number | null, password?: string) => Promise<string>} createToken its secret, which is not shown again
 * @property {(id: string) => Promise<void>} revokeToken
 * @property {(name: string, on: boolean) => Promise<void>} setIgnored
 * @property {() => Promise<Person[]>} ignoredUsers
 * @property {(how: {password?: string, messages: "keep" | "remove"}) => Promise<void>} deleteAccount permanently
 */

/**
 * @typedef {object} ModerationActions registration, other users' cards, and what moderators and admins do
 * @property {(invitation: string | null) => Promise<Registration>} registration
 * @property {(name: string) => Promise<Card>} card
 * @property {(name: string, role: Role) => Promise<Card>} setRole
 * @property {(name: string, how: {minutes: number, reason: string}) => Promise<Card>} mute
 * @property {(name: string) => Promise<Card>} unmute
 * @property {(name: string, how: {conversation: string, reason: string}) => Promise<Card>} kick
 * @property {(name: string, how: {days: number | null, reason: string, address: boolean}) => Promise<Card>} ban
 * @property {(name: string) => Promise<Card | null>} unban
 * @property {() => Promise<Ban[]>} bans
 * @property {(before?: string) => Promise<{acts: Act[], more: boolean}>} auditLog
 * @property {() => Promise<Invitation[]>} invitations
 * @property {(how: {uses: number, days: number, role: Role}) => Promise<Invitation>} createInvitation
 * @property {(id: string) => Promise<void>} revokeInvitation
 */

/**
 * @typedef {object} HistoryActions
 * @property {(conversation: Conversation) => Promise<void>} loadOlder
 * @property {(conversation: Conversation) => Promise<void>} loadNewer the page below
 * @property {(conversation: Conversation) => Promise<void>} loadNewest the end of the history instead of what is shown
 * @property {(conversation: Conversation) => Promise<void>} jumpToUnread to the first unread message
 */

/**
 * @typedef {object} ListActions the conversation list, and the channels and users that can be added to it
 * @property {(conversation: string, change: Partial<Pick<Entry, "pinned" | "notify">>) => Promise<void>} update
 * @property {(conversation: string) => Promise<void>} unlist
 * @property {(prefix: string) => Promise<Channel[]>} channels
 * @property {(prefix: string) => Promise<Person[]>} findUsers whose names begin with the prefix
 */

/**
 * @typedef {object} MessageOperations
 * @property {(id: string, text: string, seq: number) => Promise<void>} edit `seq` of the edited version
 * @property {(id: string) => Promise<void>} remove
 * @property {(id: string, emoji: string, on: boolean) => Promise<void>} react adds or removes a reaction
 * @property {(channel: string, topic: string) => Promise<void>} setTopic
 */

/**
 * @typedef {object} NavigationActions
 * @property {(place: Place) => void} open
 * @property {(conversation: string, message?: string) => void} openConversation at a message of it
 * @property {(target: {conversation: string, id?: string}) => string} linkTo the address of a conversation or a message
 */

/**
 * @typedef {object} SearchActions
 * @property {() => void} loadMore the next page of results
 */

/**
 * @typedef {object} CompletionActions
 * @property {(conversation: string, text: string, caret: number) => Promise<Found>} complete a command
 * @property {() => Promise<void>} loadEmojiWords the words for emoji in the user's language
 */

/**
 * @typedef {object} PluginActions for admins
 * @property {() => Promise<PluginState[]>} plugins
 * @property {(name: string, enabled: boolean) => Promise<PluginState>} setPluginEnabled
 */

/**
 * @typedef {object} Actions
 * @property {SessionActions} session
 * @property {AccountActions} account
 * @property {ModerationActions} moderation
 * @property {HistoryActions} history
 * @property {ListActions} lists
 * @property {MessageOperations} messages
 * @property {NavigationActions} navigation
 * @property {SearchActions} search
 * @property {CompletionActions} completion
 * @property {PluginActions} plugins
 */

export {};
