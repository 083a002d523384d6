"""Channels: their topic, and how many are here."""

from msgspec import Struct

from ting.handlers.base import Access, ApiHandler
from ting.models import Conversation


class TopicChange(Struct):
    """The body of `PATCH /api/channels/{name}`."""

    topic: str


class ChannelsHandler(ApiHandler):
    """`/api/channels`."""

    access = Access.SESSION

    async def get(self) -> None:
        """The directory."""
        limit = self.number("limit", default=50, least=1, most=200) or 50
        prefix = self.get_query_argument("prefix", "", strip=False)
        self.reply({"channels": await self.parts.channels.directory(prefix, limit)})


class ChannelHandler(ApiHandler):
    """`/api/channels/{name}`."""

    access = Access.SESSION

    async def get(self, name: str) -> None:
        self._reply(*await self.parts.chat.channel(name))

    async def patch(self, name: str) -> None:
        self._reply(*await self.parts.chat.change_topic(self.user.person, name, self.body(TopicChange).topic))

    def _reply(self, channel: Conversation, people: int) -> None:
        self.reply({"conversation": channel.id, "topic": channel.topic, "people": people})
