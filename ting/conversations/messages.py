"""What people do in conversations. Each use case reads as: check, change, journal, tell.

It knows people and connections, and nothing of HTTP. Conversation ids and texts come from outside and are
checked here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from ting.conversations import reactions
from ting.conversations.history import History
from ting.conversations.references import References
from ting.core import conversation_ids, visibility
from ting.core.errors import BadText, BadTopic, Deleted, Deserted, EditConflict, IdTaken, NotYours
from ting.core.models import (
    MAX_TEXT_CHARS,
    MAX_TOPIC_CHARS,
    Conversation,
    ConversationId,
    Draft,
    Message,
    MessageId,
    MessageKind,
    Milliseconds,
    Person,
    UserId,
    is_text,
    message_text,
)
from ting.memberships.memberships import Memberships
from ting.moderation.restrictions import Restrictions
from ting.realtime.drafts import TypingClient
from ting.realtime.live_conversations import LiveConversation, LiveConversations
from ting.realtime.presence import Presence, Subscriber


@dataclass(frozen=True)
class Snapshot:
    """The live state of a conversation at the moment of joining it."""

    conversation: Conversation
    head: int
    read: int
    people: list[Person]
    drafts: list[Draft]
    mine: Draft | None


class Messages:
    """The use cases of conversations."""

    def __init__(
        self,
        live: LiveConversations,
        history: History,
        memberships: Memberships,
        references: References,
        presence: Presence,
        restrictions: Restrictions,
        clock: Callable[[], Milliseconds],
    ) -> None:
        self._live = live
        self._history = history
        self._memberships = memberships
        self._references = references
        self._presence = presence
        self._restrictions = restrictions
        self._clock = clock

    async def join(self, connection: Subscriber, conversation: ConversationId) -> Snapshot:
        """Subscribe a connection. Every change after the snapshot's head will be pushed to it. Raises `Kicked`."""
        conversation = visibility.resolve_conversation(conversation, connection.person.id)
        mark = await self._memberships.read_mark(connection.person.id, conversation)
        async with self._live.lease(conversation) as live:
            # From here on no await: what is told after this line is pushed, what was told before is in the snapshot.
            self._restrictions.check_join(connection.person.id, live.id)
            self._live.join(live, connection)
            drafts, mine = self._live.ghosts_seen_by(live, connection)
            read = live.head if mark is None else mark
            return Snapshot(live.stored, live.head, read, self._presence.people(live.id), drafts, mine)

    def goes_at_once(
        self, conversation: str, text: str, *, reply_to: MessageId | None = None, file: str | None = None
    ) -> bool:
        """Whether what is sent there now takes its place without waiting for the database before that.

        It waits while the conversation is loaded, and for what is not plain. An id that is not in its canonical form
        is taken for one that has to be loaded.
        """
        live = self._live.peek(conversation)
        return live is not None and self._references.needs_no_lookup(live, text, reply_to, file)

    def leave(self, connection: Subscriber, conversation: ConversationId) -> None:
        """Unsubscribe a connection; nothing happens if it is not subscribed."""
        self._live.leave(visibility.resolve_conversation(conversation, connection.person.id), connection)

    def disconnect(self, connection: Subscriber) -> None:
        """A connection is gone."""
        self._live.disconnect(connection)

    async def check_write(self, user: UserId, conversation: ConversationId) -> None:
        """Raises what `send` would, whatever is sent: `BadConversation`, `NoSuchConversation`, `Muted`, `Kicked`,
        `Deserted`, `Busy`.
        """
        async with self._live.lease(visibility.resolve_conversation(conversation, user)) as live:
            self._check_write(user, live)

    def draft(self, connection: Subscriber, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        """What somebody's composer holds now. Raises `BadText` for too long a one, `BadConversation`, `NotJoined`,
        `Muted`, `Kicked`, `Deserted`, and `IdTaken` for the id of another's draft.
        """
        if text.strip():
            _checked_text(text)
        conversation = visibility.resolve_conversation(conversation, connection.person.id)
        self._restrictions.check_write(connection.person.id, conversation)
        self._live.draft(conversation, connection, message_id, text, self._clock())

    async def draft_as(
        self, device: TypingClient, conversation: ConversationId, message_id: MessageId, text: str
    ) -> None:
        """What somebody writes who is not connected, a plugin: a ghost like others.

        Raises `BadText`, `IdTaken`, `Busy`.
        """
        if text.strip():
            _checked_text(text)
        async with self._live.lease(visibility.resolve_conversation(conversation, device.person.id)) as live:
            self._live.draft_as(live, device, message_id, text, self._clock())

    async def send(
        self,
        author: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        kind: MessageKind = "text",
        *,
        reply_to: MessageId | None = None,
        file: str | None = None,
        via: str | None = None,
    ) -> Message:
        """Commit a message, once however often it is sent; it is durable when this returns.

        `reply_to` is the message that it answers, `file` the id of a file that goes with it (it may have no text then),
        `via` the command that speaks. Raises `BadText`, `BadConversation`, `NoSuchMessage` (an answer to what is not
        there), `BadFile`, `IdTaken`, `Muted`, `Kicked`, `Deserted`, `Busy`.
        """
        text = _checked_text(text, may_be_empty=file is not None)
        async with self._live.lease(visibility.resolve_conversation(conversation, author.id)) as live:
            self._check_write(author.id, live)
            references: dict[str, Any] = {}
            if not self._references.needs_no_lookup(live, text, reply_to, file):
                references = await self._references.resolve(live, author, message_id, text, reply_to, file)
            waiting = self._live.inserting(message_id)
            if waiting is None and self._live.is_anothers_draft(author.id, message_id):
                message = await self._history.get_unchecked(message_id)  # who has sent it already gets the first answer
            else:
                # A sender that goes away takes back nothing.
                message = await (
                    waiting or self._append(live, author, message_id, text=text, kind=kind, via=via, **references)
                )
        if message is None or message.author.id != author.id or message.conversation != live.id:
            raise IdTaken
        return message

    async def edit(
        self,
        author: Person,
        message_id: MessageId,
        text: str,
        seq: int | None = None,
        *,
        on_behalf: bool = False,
    ) -> Message:
        """Change the text of one's own message; `seq` is that of the version it was made from, if that is known.

        `on_behalf` of its author it is changed by what others may have set off: whether they may write was asked there.
        Raises `BadText`, `NoSuchMessage`, `NotYours`, `Deleted`, `EditConflict`, `Muted`, `Kicked`, `Busy`.
        """
        text = _checked_text(text, may_be_empty=True)
        called = await self._references.mentioned(author.id, text)

        def edited(message: Message) -> Message:
            _check_own(message, author)
            _checked_text(text, may_be_empty=message.file is not None)
            if not on_behalf:
                self._restrictions.check_write(author.id, message.conversation)
            if message.deleted is not None:
                raise Deleted
            if message.text == text:
                return message
            # A reaction takes a seq, too: what matters is whether an edit went over that version or a later one.
            if seq is not None and message.edited_from is not None and seq <= message.edited_from:
                raise EditConflict
            return msgspec.structs.replace(
                message,
                text=text,
                mentions=self._references.visible(message.conversation, called),
                edited=self._clock(),
                edited_from=message.seq,
            )

        return await self._change(author.id, message_id, edited)

    async def delete(self, by: Person, message_id: MessageId, *, anybodys: bool = False) -> Message:
        """Take back one's own message, or `anybodys`; a tombstone stays.

        Raises `NoSuchMessage`, `NotYours`, `Busy`.
        """

        def deleted(message: Message) -> Message:
            if not anybodys:
                _check_own(message, by)
            if message.deleted is not None:
                return message
            return _tombstone(message, self._clock())

        return await self._change(by.id, message_id, deleted)

    async def react(self, person: Person, message_id: MessageId, emoji: str, on: bool) -> Message:
        """Add an emoji to anybody's message, or take it back.

        Raises `BadEmoji`, `TooManyReactions`, `NoSuchMessage`, `Deleted`, `Muted`, `Kicked`, `Busy`.
        """
        emoji = reactions.validate(emoji)

        def reacted(message: Message) -> Message:
            self._restrictions.check_write(person.id, message.conversation)
            if message.deleted is not None:
                raise Deleted
            changed = reactions.apply(message.reactions, person.id, emoji, on)
            return message if changed is message.reactions else msgspec.structs.replace(message, reactions=changed)

        return await self._change(person.id, message_id, reacted)

    async def channel(self, name: str) -> tuple[Conversation, int]:
        """A channel, and how many people are in it."""
        async with self._live.lease(conversation_ids.channel_id(name)) as live:
            return live.stored, self._presence.count(live.id)

    async def change_topic(self, by: Person, name: str, topic: str) -> tuple[Conversation, int]:
        """Anybody who may write may change a channel's topic.

        Raises `BadTopic`, `BadConversation`, `Muted`, `Kicked`, `Busy`.
        """
        topic = " ".join(topic.split())
        if len(topic) > MAX_TOPIC_CHARS or not is_text(topic):
            raise BadTopic
        async with self._live.lease(conversation_ids.channel_id(name)) as live:
            self._restrictions.check_write(by.id, live.id)
            await self._live.change_topic(live, topic)
            self._memberships.broadcast_topic(live)
            return live.stored, self._presence.count(live.id)

    def _check_write(self, user: UserId, live: LiveConversation) -> None:
        self._restrictions.check_write(user, live.id)
        if live.read_only:
            raise Deserted

    def _append(
        self,
        live: LiveConversation,
        author: Person,
        message_id: MessageId,
        *,
        text: str,
        kind: MessageKind,
        via: str | None,
        **references: Any,
    ) -> "asyncio.Future[Message]":
        now = self._clock()
        message = Message(
            id=message_id,
            conversation=live.id,
            seq=0,  # seq and first are given by the journal, the position by the conversation
            first=0,
            position=0,
            author=author,
            kind=kind,
            text=text,
            started=now,
            sent=now,
            via=via,
            **references,
        )
        return self._live.append_new(live, message)

    async def _change(self, user: UserId, message_id: MessageId, change: Callable[[Message], Message]) -> Message:
        """Store what `change` makes of a message. It may raise; if it changes nothing, nothing is stored."""
        conversation = (await self._history.get_stored(user, message_id)).conversation
        async with self._live.lease(conversation) as live, live.editing:
            message = await self._history.get_stored(
                user, message_id
            )  # again: as it is now that nobody else can change it
            await self._live.wait_durable(live, [message])
            changed = change(message)
            if changed is message:
                return message
            return await self._live.append(live, changed, message.seq)


def _check_own(message: Message, author: Person) -> None:
    if message.author.id != author.id:
        raise NotYours


def _tombstone(message: Message, now: Milliseconds) -> Message:
    """What stays of a message: that it was there, where, and whose it was."""
    return msgspec.structs.replace(message, text="", deleted=now, reply_to=None, file=None, reactions={}, mentions=[])


def _checked_text(text: str, *, may_be_empty: bool = False) -> str:
    if may_be_empty and not text.strip():
        return ""
    kept = message_text(text)
    if kept is None:
        wrong = "has no letters" if not text.strip() else "has characters that are no text"
        if len(text) > MAX_TEXT_CHARS:
            wrong = f"has {len(text)} characters"
        raise BadText(f"A message is 1 to {MAX_TEXT_CHARS} characters of text; this one {wrong}.")
    return kept
