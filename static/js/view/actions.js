/**
 * What a view may ask for. The controllers do it; `main.js` brings both together.
 *
 * @typedef {object} Actions every promise is rejected with a Refusal
 * @property {(name: string, password?: string) => Promise<void>} enter
 * @property {() => Promise<void>} leave
 * @property {(password: string, current?: string) => Promise<void>} setPassword
 * @property {() => Promise<import("../model/protocol.js").Device[]>} devices
 * @property {(id: string) => Promise<void>} signOut
 * @property {(choices: Partial<import("../model/protocol.js").TypingChoices>) => Promise<void>} chooseTyping
 * @property {(conversation: string) => void} go
 * @property {(channel: string, topic: string) => Promise<void>} setTopic
 * @property {(id: string, text: string) => Promise<void>} edit
 * @property {(id: string) => Promise<void>} remove
 * @property {(conversation: import("../model/conversation.js").Conversation) => Promise<void>} loadOlder
 */

export {};
