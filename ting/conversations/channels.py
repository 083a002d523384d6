"""The directory of channels: which there are, and when something was last said in each.

That is noted a moment later, outside the way of a message: if the server is killed, the last moment of it is lost
until something more is said.
"""

from collections.abc import Sequence

from msgspec import Struct

from ting.core import conversation_ids
from ting.core.delayed_flush import DelayedFlush
from ting.core.models import ConversationId, Message, Milliseconds
from ting.realtime.presence import Presence
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

    def __init__(self, stored: ConversationStore, presence: Presence, *, interval_s: float = WRITE_EVERY_S) -> None:
        self._stored = stored
        self._presence = presence
        self._active: dict[ConversationId, Milliseconds] = {}
        self._flush_timer = DelayedFlush(self.flush, interval_s)

    def on_messages(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """These messages are durable now."""
        if not conversation_ids.member_ids(conversation):
            self._record(conversation, max(message.sent for message in messages))
            self._flush_timer.schedule()

    async def directory(self, prefix: str, limit: int) -> list[ChannelEntry]:
        """Channels whose names begin so, the one where something was said last first. Raises `Busy`."""
        await self.flush()
        found = await self._stored.channels(conversation_ids.channel_prefix(prefix), limit)
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
