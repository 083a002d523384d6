"""Reads conversations: pages of history, changes since a seq, single messages.

A query may return messages that are not durable yet. They are handed out only once they are.
"""

from dataclasses import dataclass

from ting.core import visibility
from ting.core.errors import NoSuchMessage
from ting.core.models import ConversationId, Message, MessageId, UserId
from ting.realtime.live_conversations import LiveConversation, LiveConversations
from ting.store.messages import MessageStore


@dataclass(frozen=True)
class Page:
    """Messages in order of position. `more`: there are older ones; `newer`: there are newer ones (None: unknown)."""

    messages: list[Message]
    more: bool
    newer: bool | None = None


class History:
    """The use cases of reading. Each raises `Busy` if the database does not answer."""

    def __init__(self, live: LiveConversations, messages: MessageStore) -> None:
        self._live = live
        self._messages = messages

    @property
    def epoch(self) -> str:
        """The id of the current epoch of the database: see `store/epochs.py`."""
        return self._messages.epoch

    async def check_cursor(self, reader: UserId, conversation: ConversationId, epoch: str, after: int) -> None:
        """Check that a reader who has everything up to a seq, learned in an epoch, can continue from there.

        Raises `OtherEpoch` if the database was restored to a state without it, `BadConversation`,
        `NoSuchConversation`.
        """
        await self._messages.check_cursor(visibility.resolve_conversation(conversation, reader), epoch, after)

    async def get(self, reader: UserId, message_id: MessageId) -> Message:
        """Return a message that the reader may see. Raises `NoSuchMessage`."""
        message = await self.get_stored(reader, message_id)
        async with self._live.lease(message.conversation) as live:
            await self._live.wait_durable(live, [message])
        return message

    async def get_stored(self, reader: UserId, message_id: MessageId) -> Message:
        """Return a message as the database has it, perhaps not durable yet. Raises `NoSuchMessage`."""
        return visibility.require_visible(reader, await self._messages.get(message_id))

    async def get_unchecked(self, message_id: MessageId) -> Message | None:
        """Return a message without checking who may see it. For the server's own use."""
        message = await self._messages.get(message_id)
        if message is not None:
            async with self._live.lease(message.conversation) as live:
                await self._live.wait_durable(live, [message])
        return message

    async def before(self, reader: UserId, conversation: ConversationId, before: int | None, limit: int) -> Page:
        """Return messages before a position (None: the newest). Raises `BadConversation`, `NoSuchConversation`."""
        async with self._live.lease(visibility.resolve_conversation(conversation, reader)) as live:
            messages, more = await self._messages.page(live.id, before, limit)
            await self._live.wait_durable(live, messages)
            return Page(messages, more)

    async def after(self, reader: UserId, conversation: ConversationId, after: int, limit: int) -> Page:
        """Return messages after a position. Raises `BadConversation`, `NoSuchConversation`."""
        async with self._live.lease(visibility.resolve_conversation(conversation, reader)) as live:
            return await self._between(live, after + 1, 0, limit)

    async def around(self, reader: UserId, conversation: ConversationId, message_id: MessageId, limit: int) -> Page:
        """Return a message with those around it. Raises `NoSuchMessage`, `BadConversation`, `NoSuchConversation`."""
        async with self._live.lease(visibility.resolve_conversation(conversation, reader)) as live:
            message = await self.get_stored(reader, message_id)
            if message.conversation != live.id:
                raise NoSuchMessage
            return await self._between(live, message.position, (limit - 1) // 2, limit)

    async def changes(
        self, reader: UserId, conversation: ConversationId, after: int, limit: int
    ) -> tuple[list[Message], int]:
        """Return messages changed after a seq, in order of seq, and the conversation's head.

        There may be fewer than `limit`, since a page is limited in bytes as well.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        async with self._live.lease(visibility.resolve_conversation(conversation, reader)) as live:
            changed = await self._messages.changes(live.id, after, limit)
            await self._live.wait_durable(live, changed)
            # Read the head after the query: a head that is too old makes the client miss changes, a head that is
            # too new only makes it ask again.
            return changed, live.head

    async def _between(self, live: LiveConversation, position: int, above: int, limit: int) -> Page:
        """Return `limit` messages around a position, at most `above` of them older than it."""
        older, more = await self._messages.page(live.id, position, above)
        here, newer = await self._messages.page_after(live.id, position - 1, limit - len(older))
        await self._live.wait_durable(live, [*older, *here])
        return Page([*older, *here], more, newer)
