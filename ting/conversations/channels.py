"""The directory of channels: which there are, and when something was last said in each.

That is noted a moment later, outside the way of a message: if the server is killed, the last moment of it is lost
until something more is said.
"""

from collections.abc import Sequence

from msgspec import Struct

from ting.core.conversation_ids import channel_id, channel_prefix, is_channel
from ting.core.delayed_flush import DelayedFlush
from ting.core.errors import BadTopic
from ting.core.models import (
    MAX_TOPIC_CHARS,
    Conversation,
    ConversationId,
    Message,
    Milliseconds,
    Person,
    is_text,
)
from ting.memberships.memberships import Memberships
from ting.moderation.restrictions import Restrictions
from ting.realtime.services import RealtimeServices
from ting.store.conversations import ConversationStore

WRITE_EVERY_S = 1.0


class ChannelEntry(Struct, frozen=True):
    """A channel in the directory; `active` is when something was last said there, 0 for never."""

    conversation: ConversationId
    topic: str
    people: int
    active: Milliseconds


class Channels:
    """The use cases of the directory."""

    def __init__(
        self,
        stored: ConversationStore,
        realtime: RealtimeServices,
        memberships: Memberships,
        restrictions: Restrictions,
        *,
        interval_s: float = WRITE_EVERY_S,
    ) -> None:
        self._stored = stored
        self._live = realtime.live
        self._presence = realtime.presence
        self._memberships = memberships
        self._restrictions = restrictions
        self._active: dict[ConversationId, Milliseconds] = {}
        self._flush_timer = DelayedFlush(self.flush, interval_s)

    async def get(self, name: str) -> tuple[Conversation, int]:
        """A channel, and how many users are present. Raises `BadConversation`, `Busy`."""
        async with self._live.lease(channel_id(name)) as live:
            return live.stored, self._presence.count(live.id)

    async def change_topic(self, by: Person, name: str, topic: str) -> tuple[Conversation, int]:
        """Change a channel's topic: every user who may write in it may do so.

        Raises `BadTopic`, `BadConversation`, `Muted`, `Kicked`, `Busy`.
        """
        topic = " ".join(topic.split())
        if len(topic) > MAX_TOPIC_CHARS or not is_text(topic):
            raise BadTopic
        async with self._live.lease(channel_id(name)) as live:
            self._restrictions.check_write(by.id, live.id)
            await self._live.change_topic(live, topic)
            self._memberships.broadcast_topic(live)
            return live.stored, self._presence.count(live.id)

    def on_messages(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """These messages are durable now."""
        if is_channel(conversation):
            self._record(conversation, max(message.sent for message in messages))
            self._flush_timer.schedule()

    async def directory(self, prefix: str, limit: int) -> list[ChannelEntry]:
        """Channels whose names begin with a prefix, the most recently active first. Raises `Busy`.

        Activity that was not flushed yet is not counted.
        """
        found = await self._stored.channels(channel_prefix(prefix), limit)
        return [ChannelEntry(id, topic, self._presence.count(id), active) for id, topic, active in found]

    async def flush(self) -> None:
        """Return when what was said before is in the directory. Raises `Busy`: then it is tried again in a moment."""
        active, self._active = self._active, {}
        if not active:
            return
        try:
            await self._stored.record_activity(active)
        except BaseException:
            for conversation, at in active.items():
                self._record(conversation, at)
            self._flush_timer.schedule()
            raise

    async def flush_and_stop(self) -> None:
        """Write what there is to write. Raises `Busy`."""
        await self._flush_timer.flush_and_stop()

    def _record(self, conversation: ConversationId, at: Milliseconds) -> None:
        """A message that is changed late was said long ago: the newest counts."""
        self._active[conversation] = max(at, self._active.get(conversation, 0))
