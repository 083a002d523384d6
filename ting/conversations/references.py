"""Resolves a message's references: quoted message, attachment, mentions."""

from typing import Any

from ting.conversations.mentions import Mention, Mentions
from ting.core import visibility
from ting.core.errors import BadFile, NoSuchMessage
from ting.core.models import HERE, ConversationId, File, MessageId, Person, Quote, UserId
from ting.files.attachments import Attachments
from ting.memberships.memberships import Memberships
from ting.realtime.live_conversations import LiveConversation, LiveConversations
from ting.store.messages import MessageStore


class References:
    """Looks up what a message refers to."""

    def __init__(
        self,
        live: LiveConversations,
        memberships: Memberships,
        mentions: Mentions,
        attachments: Attachments,
        messages: MessageStore,
    ) -> None:
        self._live = live
        self._memberships = memberships
        self._mentions = mentions
        self._attachments = attachments
        self._messages = messages

    def needs_no_lookup(self, live: LiveConversation, text: str, reply_to: MessageId | None, file: str | None) -> bool:
        """Return whether a message can be placed without a query."""
        return not reply_to and not file and "@" not in text and self._memberships.all_listed(live, live.members)

    async def resolve(
        self,
        live: LiveConversation,
        author: Person,
        message_id: MessageId,
        text: str,
        reply_to: MessageId | None,
        file: str | None,
    ) -> dict[str, Any]:
        """Return the fields of a new message that hold its references.

        Afterwards the conversation is in the list of each user that the message notifies.
        Raises `NoSuchMessage`, `BadFile`, `Busy`.
        """
        quote = await self._quote(live, reply_to) if reply_to else None
        attached = await self._attached(file, message_id, live.id, author) if file else None
        fields = self.mention_fields(live.id, await self.mentions(author.id, text))
        await self._memberships.ensure_listed(
            live, author.id, live.members or [user for user in fields["mentions"] if user != HERE]
        )
        return {"reply_to": quote, "file": attached, **fields}

    async def mentions(self, author: UserId, text: str) -> list[Mention]:
        """Return the mentions in a text, whatever the conversation. Raises `Busy`."""
        return await self._mentions.find(author, text)

    @staticmethod
    def mention_fields(conversation: ConversationId, found: list[Mention]) -> dict[str, Any]:
        """Return the fields of a message with the mentions that count: in a direct conversation, of its members."""
        visible = [mention for mention in found if visibility.can_see(mention.who, conversation)]
        return {"mentions": [*dict.fromkeys(mention.who for mention in visible)], "mention_ranges": visible}

    async def _quote(self, live: LiveConversation, message_id: MessageId) -> Quote:
        message = await self._messages.get(message_id)
        if message is None or message.conversation != live.id:
            raise NoSuchMessage("There is no such message in this conversation to reply to.", field="reply_to")
        await self._live.wait_durable(live, [message])
        return message.quote

    async def _attached(
        self, file: str, message_id: MessageId, conversation: ConversationId, author: Person
    ) -> File | None:
        """Return the attachment of a message. None if the message was stored before and its file is gone."""
        try:
            return await self._attachments.attach(file, message_id, conversation, author)
        except BadFile:
            if await self._messages.get(message_id) is None:
                raise
            return None  # a retry of a message whose file is gone: the stored message is the answer
