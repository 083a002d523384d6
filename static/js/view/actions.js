/** @typedef {import("../model/base/protocol.js").Changes} Changes */
/** @typedef {import("../model/base/protocol.js").Device} Device */
/** @typedef {import("../model/base/protocol.js").Person} Person */

/**
 * @typedef {object} OwnActions what somebody does with their own account
 * @property {(changes: Changes) => Promise<void>} change
 * @property {(picture: Blob, progress: (part: number) => void) => Promise<void>} setAvatar progress from 0 to 1
 * @property {() => Promise<void>} dropAvatar back to the one made from the name
 * @property {(password: string, current?: string) => Promise<void>} setPassword
 * @property {() => Promise<Device[]>} devices
 * @property {(id: string) => Promise<void>} signOut
 * @property {() => Promise<import("../model/base/protocol.js").Token[]>} tokens
 * @property {(name: string, days: number | null) => Promise<string>} makeToken its secret, told this once
 * @property {(id: string) => Promise<void>} dropToken
 * @property {(name: string, on: boolean) => Promise<void>} ignore
 * @property {() => Promise<Person[]>} ignored
 * @property {(how: {password?: string, messages: "keep" | "remove"}) => Promise<void>} remove the account, for good
 */

/** @typedef {import("../model/base/protocol.js").Act} Act */
/** @typedef {import("../model/base/protocol.js").Ban} Ban */
/** @typedef {import("../model/base/protocol.js").Card} Card */
/** @typedef {import("../model/base/protocol.js").Invitation} Invitation */
/** @typedef {import("../model/base/protocol.js").Registration} Registration */
/** @typedef {import("../model/base/protocol.js").Role} Role */

/**
 * @typedef {object} OrderActions what is asked about others, and done to keep order
 * @property {(invitation: string | null) => Promise<Registration>} registration
 * @property {(name: string) => Promise<Card>} card
 * @property {(name: string, role: Role) => Promise<Card>} setRole
 * @property {(name: string, how: {minutes: number, reason: string}) => Promise<Card>} mute
 * @property {(name: string) => Promise<Card>} unmute
 * @property {(name: string, how: {conversation: string, reason: string}) => Promise<Card>} kick
 * @property {(name: string, how: {days: number | null, reason: string, address: boolean}) => Promise<Card>} ban
 * @property {(name: string) => Promise<Card | null>} unban
 * @property {() => Promise<Ban[]>} bans
 * @property {(before?: string) => Promise<{acts: Act[], more: boolean}>} audit
 * @property {() => Promise<Invitation[]>} invitations
 * @property {(how: {uses: number, days: number, role: Role}) => Promise<Invitation>} invite
 * @property {(id: string) => Promise<void>} uninvite
 */

/**
 * What a view may ask for. The controllers do it; `main.js` brings both together.
 *
 * @typedef {object} Actions every promise is rejected with a Refusal
 * @property {(name: string, password?: string, create?: boolean) => Promise<void>} enter with `create`: a new name
 * @property {() => Promise<void>} leave
 * @property {OwnActions} own
 * @property {OrderActions} order
 * @property {(conversation: string, message?: string) => void} go to a conversation, or to a message in it
 * @property {(place: import("../model/lists/routes.js").Place) => void} visit
 * @property {(channel: string, topic: string) => Promise<void>} setTopic
 * @property {(id: string, text: string, seq: number) => Promise<void>} edit `seq` of the version it was made from
 * @property {(id: string) => Promise<void>} remove
 * @property {(id: string, emoji: string, on: boolean) => Promise<void>} react to a message, or take that back
 * @property {(message: import("../model/base/protocol.js").Message) => string} linkTo the address of a message
 * @property {(prefix: string) => Promise<import("../model/base/protocol.js").Person[]>} findPeople whose names begin so
 * @property {(conversation: string, text: string, caret: number) => Promise<import("../model/completion/completion.js").Found>}
 *   complete a command
 * @property {PluginActions} plugins
 * @property {() => Promise<void>} emojiWords what emoji are called in the reader's language
 * @property {(conversation: string, change: Partial<Pick<import("../model/base/protocol.js").Entry, "pinned" | "notify">>) =>
 *   Promise<void>} arrange a conversation in my list
 * @property {(conversation: string) => Promise<void>} unlist leave it
 * @property {(prefix: string) => Promise<import("../model/base/protocol.js").Channel[]>} channels
 * @property {() => void} searchMore the next page of what was found
 * @property {(conversation: import("../model/conversation/conversation.js").Conversation) => Promise<void>} loadOlder
 * @property {(conversation: import("../model/conversation/conversation.js").Conversation) => Promise<void>} loadNewer the page below
 * @property {(conversation: import("../model/conversation/conversation.js").Conversation) => Promise<void>} loadNewest the end instead
 * @property {(conversation: import("../model/conversation/conversation.js").Conversation) => Promise<void>} seekNew where one left off
 */

/**
 * For admins.
 * @typedef {object} PluginActions
 * @property {() => Promise<import("../model/base/protocol.js").PluginState[]>} list
 * @property {(name: string, enabled: boolean) => Promise<import("../model/base/protocol.js").PluginState>} switch on or off
 */

export {};
