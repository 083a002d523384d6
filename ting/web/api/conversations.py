"""Channels, and the user's list of conversations."""

from msgspec import Struct

from ting.core.models import Conversation, Notify
from ting.memberships.memberships import MAX_LISTED, EntryChanges
from ting.web.handler import Access, ApiHandler


class TopicChange(Struct):
    """The body of `PATCH /api/channels/{name}`."""

    topic: str


class ChannelsHandler(ApiHandler):
    """`/api/channels`."""

    access = Access.SESSION

    async def get(self) -> None:
        """List channels."""
        limit = self.number("limit", default=50, minimum=1, maximum=200) or 50
        prefix = self.get_query_argument("prefix", "", strip=False)
        channels = self.services.conversations.channels
        await channels.flush()  # so that the order includes the latest activity
        self.reply({"channels": await channels.directory(prefix, limit)})


class ChannelHandler(ApiHandler):
    """`/api/channels/{name}`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        self._reply(*await self.services.conversations.channels.get(name))

    async def patch(self, name: str) -> None:
        self._reply(
            *await self.services.conversations.channels.change_topic(
                self.user.person, name, self.body(TopicChange).topic
            )
        )

    def _reply(self, channel: Conversation, people: int) -> None:
        self.reply({"conversation": channel.id, "topic": channel.topic, "people": people})


class NewDirectConversation(Struct):
    """The body of `POST /api/conversations`: the name of the other user."""

    user: str


class EntryPatch(Struct):
    """The body of `PATCH /api/conversations/{id}`. Omitted fields stay unchanged."""

    pinned: bool | None = None
    notify: Notify | None = None


class ConversationsHandler(ApiHandler):
    """`/api/conversations`."""

    access = Access.SESSION

    async def get(self) -> None:
        """List the user's conversations, the most recently active first."""
        self.reply(
            {"conversations": await self.services.memberships.memberships.list(self.user.id), "limit": MAX_LISTED}
        )

    async def post(self) -> None:
        """Open a direct conversation with a user."""
        entry = await self.services.memberships.memberships.open(self.user.id, self.body(NewDirectConversation).user)
        self.set_status(201)
        self.reply(entry)


class ConversationHandler(ApiHandler):
    """`/api/conversations/{id}`."""

    access = Access.SESSION

    async def patch(self, conversation: str) -> None:
        """Pin or unpin the conversation, or change its notification setting."""
        change = self.body(EntryPatch)
        self.reply(
            await self.services.memberships.memberships.update(
                self.user.id, conversation, EntryChanges(change.pinned, change.notify)
            )
        )

    async def delete(self, conversation: str) -> None:
        """Remove the conversation from the user's list."""
        await self.services.memberships.memberships.remove(self.user.id, conversation)
        self.set_status(204)
        self.finish()
