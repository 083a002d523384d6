"""The directory of channels: which channels exist, and when each was last active.

Activity is collected in memory and written about once a second, so that sending a message does not wait for it. If
the server is killed, the last second is lost until the next message in that channel.
"""

from collections.abc import Sequence

from msgspec import Struct

from ting.core.clock import Clock
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
)
from ting.core.text import clean_line
from ting.memberships.memberships import Memberships
from ting.moderation.restrictions import Restrictions
from ting.realtime.services import RealtimeServices
from ting.store.conversations import ConversationStore
from ting.store.moderation import AuditStore

FLUSH_INTERVAL_S = 1.0


class ChannelEntry(Struct, frozen=True):
    """A channel in the directory. `active` is when its newest message was sent, 0 if there is none."""

    conversation: ConversationId
    topic: str
    people: int
    active: Milliseconds


class Channels:
    """The use cases of channels: the directory, and changing a topic."""

    def __init__(
        self,
        stored: ConversationStore,
        realtime: RealtimeServices,
        memberships: Memberships,
        restrictions: Restrictions,
        audit: AuditStore,
        clock: Clock,
        *,
        interval_s: float = FLUSH_INTERVAL_S,
    ) -> None:
        self._stored = stored
        self._live = realtime.live
        self._presence = realtime.presence
        self._memberships = memberships
        self._restrictions = restrictions
        self._audit = audit
        self._clock = clock
        self._active: dict[ConversationId, Milliseconds] = {}
        self._flush_timer = DelayedFlush(self.flush, interval_s)

    async def get(self, name: str) -> tuple[Conversation, int]:
        """Return a channel, and how many users are present. Raises `BadConversation`, `Busy`."""
        async with self._live.lease(channel_id(name)) as live:
            return live.stored, self._presence.count(live.id)

    async def change_topic(self, by: Person, name: str, topic: str) -> tuple[Conversation, int]:
        """Change a channel's topic. Every user who may write in the channel may do this.

        Return the channel, and how many users are present.
        Raises `BadTopic`, `BadConversation`, `Muted`, `Kicked`, `Busy`.
        """
        line = clean_line(topic)
        if line is None or len(line) > MAX_TOPIC_CHARS:
            raise BadTopic
        async with self._live.lease(channel_id(name)) as live:
            self._restrictions.check_write(by.id, live.id)
            if line != live.stored.topic:
                await self._audit.append(self._clock(), by.id, "topic", conversation=live.id, reason=line)
            await self._live.change_topic(live, line)
            self._memberships.broadcast_topic(live)
            return live.stored, self._presence.count(live.id)

    def on_messages(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """Record the activity of a channel: these messages are durable now."""
        if is_channel(conversation):
            # A message that is changed now may have been sent when the clock ran ahead.
            self._record(conversation, min(max(message.sent for message in messages), self._clock()))
            self._flush_timer.schedule()

    async def directory(self, prefix: str, limit: int) -> list[ChannelEntry]:
        """Return channels whose names begin with a prefix, the most recently active first. Raises `Busy`.

        Activity that was not flushed yet does not count.
        """
        found = await self._stored.channels(channel_prefix(prefix), limit)
        return [ChannelEntry(id, topic, self._presence.count(id), active) for id, topic, active in found]

    def limit_times(self, now: Milliseconds) -> None:
        """The clock was set back: activity that is later than now counts as now."""
        self._active = {conversation: min(at, now) for conversation, at in self._active.items()}

    async def flush(self) -> None:
        """Write the activity recorded so far. Raises `Busy`; the write is then retried after the flush interval."""
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
        """Write what is not written yet, and stop the timer. Raises `Busy`."""
        await self._flush_timer.flush_and_stop()

    def _record(self, conversation: ConversationId, at: Milliseconds) -> None:
        # An edit reports when the old message was sent, which may be long ago: keep the newest time.
        self._active[conversation] = max(at, self._active.get(conversation, 0))
