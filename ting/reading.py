"""What people read of conversations: pages of history, what changed, single messages.

The database may show more than what is durable: nothing is handed out before it is.
"""

from ting import access
from ting.conversations import Conversations
from ting.models import ConversationId, Message, MessageId, UserId
from ting.store.messages import MessageStore


class Reading:
    """The use cases of reading. All of them raise `Busy` when the database does not answer."""

    def __init__(self, conversations: Conversations, messages: MessageStore) -> None:
        self._conversations = conversations
        self._messages = messages

    async def message(self, reader: UserId, message_id: MessageId) -> Message:
        """Raises `NoSuchMessage`."""
        message = await self.stored(reader, message_id)
        async with self._conversations.held(message.conversation) as live:
            await self._conversations.durable(live, [message])
        return message

    async def stored(self, reader: UserId, message_id: MessageId) -> Message:
        """A message as the database shows it, which may be more than what is durable. Raises `NoSuchMessage`."""
        return access.check(reader, await self._messages.get(message_id))

    async def history(
        self, reader: UserId, conversation: ConversationId, before: int | None, limit: int
    ) -> tuple[list[Message], bool]:
        """Messages before a position (None: the newest), by rising position, and whether there are more.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        async with self._conversations.held(access.conversation_id(conversation, reader)) as live:
            page, more = await self._messages.page(live.id, before, limit)
            await self._conversations.durable(live, page)
            return page, more

    async def changes(
        self, reader: UserId, conversation: ConversationId, after: int, limit: int
    ) -> tuple[list[Message], int]:
        """Messages changed after a seq, by rising seq, and the head. Raises `BadConversation`, `NoSuchConversation`."""
        async with self._conversations.held(access.conversation_id(conversation, reader)) as live:
            changed = await self._messages.changes(live.id, after, limit)
            await self._conversations.durable(live, changed)
            # Read after the query: a head that is too new makes the client ask again, one too old makes it miss some.
            return changed, live.head
