"""Sending and changing messages. Each use case reads as: check, change, journal, broadcast.

This module knows users and conversations, but nothing of HTTP. Conversation ids and texts come from clients and are
checked here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from ting.conversations import reactions
from ting.conversations.history import History
from ting.conversations.references import References
from ting.core.clock import Clock
from ting.core.errors import Deleted, Deserted, EditConflict, IdTaken, NotYours
from ting.core.models import ConversationId, Message, MessageId, MessageKind, Milliseconds, Person, UserId
from ting.core.text import check_text
from ting.core.visibility import resolve_conversation
from ting.moderation.restrictions import Restrictions
from ting.realtime.live_conversations import LiveConversation
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores

DELETE_BATCH_SIZE = 20  # small, so that the messages of other users do not wait long behind it

Change = Callable[[Message], Awaitable[Message]]
"""Return the changed message, or raise. If it returns the same message, nothing is stored."""


class Messages:
    """The use cases of messages."""

    def __init__(
        self,
        stores: Stores,
        realtime: RealtimeServices,
        history: History,
        references: References,
        restrictions: Restrictions,
        clock: Clock,
    ) -> None:
        self._messages = stores.messages
        self._audit = stores.audit
        self._live = realtime.live
        self._journal = realtime.journal
        self._drafts = realtime.drafts
        self._history = history
        self._references = references
        self._restrictions = restrictions
        self._clock = clock
        # One lock for each message that is being changed. Weak: a lock is dropped when no change holds it.
        self._changing: WeakValueDictionary[MessageId, asyncio.Lock] = WeakValueDictionary()

    async def check_write(self, user: UserId, conversation: ConversationId) -> None:
        """Raises what `send` would raise for any text: `BadConversation`, `NoSuchConversation`, `Muted`, `Kicked`,
        `Deserted`, `Busy`.
        """
        async with self._live.lease(resolve_conversation(conversation, user)) as live:
            self._check_write(user, live)

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
        """Send a message. A retry with the same id sends nothing twice. The message is durable when this returns.

        `reply_to` is the message that it answers, `file` the id of an attached file (then the text may be empty),
        `via` the command that sends it. Raises `BadText`, `BadConversation`, `NoSuchMessage` (for `reply_to`),
        `BadFile`, `IdTaken`, `Muted`, `Kicked`, `Deserted`, `Busy`.
        """
        stored = await self.place(author, conversation, message_id, text, kind, reply_to=reply_to, file=file, via=via)
        return await stored

    async def place(
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
    ) -> Awaitable[Message]:
        """Do the first half of `send`: the message has its position when this returns.

        Await the result for the message as stored: it is durable then. A client that waits only for positions keeps
        its messages in order without waiting for the database. Raises what `send` raises.
        """
        text = check_text(text, may_be_empty=file is not None)
        async with self._live.lease(resolve_conversation(conversation, author.id)) as live:
            self._check_write(author.id, live)
            references: dict[str, Any] = {}
            if not self._references.needs_no_lookup(live, text, reply_to, file):
                references = await self._references.resolve(live, author, message_id, text, reply_to, file)
            pending = self._journal.pending_insert(message_id)
            stored: Awaitable[Message | None]
            if pending is not None:
                stored = pending.stored()
            elif self._drafts.belongs_to_other(author.id, message_id):
                stored = self._history.get_unchecked(message_id)  # a retry still gets the first answer
            else:
                stored = self._append(live, author, message_id, text=text, kind=kind, via=via, **references)
            return self._sent(stored, author.id, live.id)

    async def edit(
        self, author: Person, message_id: MessageId, text: str, seq: int | None = None, *, on_behalf: bool = False
    ) -> Message:
        """Change the text of the author's own message. `seq` is that of the version that was edited, if known.

        `on_behalf`: a plugin edits in the author's name, perhaps because of what another user did. Whether the author
        may write was checked when the plugin's command ran. Raises `BadText`, `NoSuchMessage`, `NotYours`,
        `Deleted`, `EditConflict`, `Muted`, `Kicked`, `Busy`.
        """
        text = check_text(text, may_be_empty=True)
        mentions = await self._references.mentions(author.id, text)

        async def edited(message: Message) -> Message:
            _check_own(message, author)
            check_text(text, may_be_empty=message.file is not None)
            if not on_behalf:
                self._restrictions.check_write(author.id, message.conversation)
            if message.deleted is not None:
                raise Deleted
            if message.text == text:
                return message
            # Reactions take a seq, too, but conflict with no edit: compare with the version the last edit replaced.
            if seq is not None and message.edited_from is not None and seq <= message.edited_from:
                raise EditConflict
            return msgspec.structs.replace(
                message,
                text=text,
                **self._references.mention_fields(message.conversation, mentions),
                edited=self._clock(),
                edited_from=message.seq,
            )

        return await self._change(author.id, message_id, edited)

    async def delete(self, by: Person, message_id: MessageId) -> Message:
        """Delete a message and leave a tombstone. Users delete their own messages, moderators those of all users.

        When a moderator deletes another user's message, the audit log is written first. Raises `NoSuchMessage`,
        `NotYours`, `Busy`.
        """

        async def deleted(message: Message) -> Message:
            is_own = message.author.id == by.id
            if not is_own and not self._restrictions.has_role(by.id, "moderator"):
                raise NotYours
            if message.deleted is not None:
                return message
            now = self._clock()
            if not is_own:
                details = {"whom": message.author.id, "conversation": message.conversation, "message": message.id}
                await self._audit.append(now, by.id, "delete", **details)
            return _tombstone(message, now)

        return await self._change(by.id, message_id, deleted)

    async def delete_all_of(self, user: UserId) -> None:
        """Delete all messages of a user one by one, each broadcast as if the user deleted it. Raises `Busy`."""
        author, last = Person(user, ""), ""
        while found := await self._messages.by_author(user, after=last, limit=DELETE_BATCH_SIZE):
            await asyncio.gather(*(self.delete(author, message.id) for message in found))
            last = found[-1].id
        await self._messages.delete_broken(user)

    async def react(self, person: Person, message_id: MessageId, emoji: str, on: bool) -> Message:
        """Add a reaction to a message, or remove it.

        Raises `BadEmoji`, `TooManyReactions`, `NoSuchMessage`, `Deleted`, `Muted`, `Kicked`, `Busy`.
        """
        emoji = reactions.validate(emoji)

        async def reacted(message: Message) -> Message:
            self._restrictions.check_write(person.id, message.conversation)
            if message.deleted is not None:
                raise Deleted
            changed = reactions.apply(message.reactions, person.id, emoji, on)
            return message if changed is message.reactions else msgspec.structs.replace(message, reactions=changed)

        return await self._change(person.id, message_id, reacted)

    def _check_write(self, user: UserId, live: LiveConversation) -> None:
        self._restrictions.check_write(user, live.id)
        if live.read_only:
            raise Deserted

    async def _sent(self, stored: Awaitable[Message | None], author: UserId, conversation: ConversationId) -> Message:
        """Return the message as stored. Raises `IdTaken` if its id belongs to another message."""
        # Hold the lease until then: an author who sends many messages loads the conversation only once.
        async with self._live.lease(conversation):
            message = await stored
        if message is None or message.author.id != author or message.conversation != conversation:
            raise IdTaken
        return message

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
            seq=0,  # the journal sets seq and first, the conversation sets the position
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

    async def _change(self, user: UserId, message_id: MessageId, change: Change) -> Message:
        """Apply `change` to a message that the user can see, and store it. Changes of one message run in turn."""
        lock = self._changing.setdefault(message_id, asyncio.Lock())
        async with lock:
            message = await self._history.get_stored(user, message_id)
            async with self._live.lease(message.conversation) as live:
                await self._live.wait_durable(live, [message])
                changed = await change(message)
                if changed is message:
                    return message
                return await self._live.append(live, changed, message.seq)


def _check_own(message: Message, author: Person) -> None:
    if message.author.id != author.id:
        raise NotYours


def _tombstone(message: Message, now: Milliseconds) -> Message:
    """Return what is left of a deleted message: its author and its position."""
    return msgspec.structs.replace(
        message, text="", deleted=now, reply_to=None, file=None, reactions={}, mentions=[], mention_ranges=[]
    )
