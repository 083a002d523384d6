"""Notifies users of messages in conversations that they list and have not opened.

A direct message is sent at once. Of a channel, the newest messages of an interval are sent, encoded once for all.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ting.core.conversation_ids import member_ids
from ting.core.models import HERE, ConversationId, Message, UserId
from ting.memberships.cache import MembershipCache
from ting.protocol import Activity
from ting.realtime.framing import broadcast
from ting.realtime.presence import Presence

INTERVAL_S = 0.5
MAX_MESSAGES = 20


@dataclass
class PendingActivity:
    """The messages of a channel that wait to be sent."""

    timer: asyncio.TimerHandle
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MAX_MESSAGES))


class ActivityNotifier:
    """Subscribes to committed messages."""

    def __init__(self, presence: Presence, cache: MembershipCache, *, interval_s: float = INTERVAL_S) -> None:
        self._presence = presence
        self._cache = cache
        self._interval_s = interval_s
        self._pending: dict[ConversationId, PendingActivity] = {}

    @property
    def pending(self) -> int:
        """How many channels have activity that is not sent yet."""
        return len(self._pending)

    def on_messages(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """Messages were committed. Changes of older messages are not notified."""
        new = [message for message in messages if message.is_new]
        if not new:
            return
        members = member_ids(conversation)
        if members:
            self._notify_direct(conversation, members, new)
        else:
            self._notify_channel(conversation, new)

    def _notify_direct(self, conversation: ConversationId, members: Iterable[UserId], new: Sequence[Message]) -> None:
        for member in members:
            own = self._cache.peek(member)
            ignored = self._presence.ignored_by(member)
            visible = [message for message in new if message.author.id not in ignored]
            if visible and (own is None or own.is_listed(conversation)):
                self._cache.bump(member, conversation, visible[-1].sent)
                self._send(conversation, [member], visible)

    def _notify_channel(self, conversation: ConversationId, new: Sequence[Message]) -> None:
        for message in new:
            for user in message.mentions:
                if user == HERE:
                    self._cache.bump_all(conversation, message.sent)
                elif message.author.id not in self._presence.ignored_by(user):
                    self._cache.bump(user, conversation, message.sent)
        if not self._cache.users_listing(conversation):
            return
        news = self._pending.get(conversation)
        if news is None:
            timer = asyncio.get_running_loop().call_later(self._interval_s, self._flush, conversation)
            news = self._pending[conversation] = PendingActivity(timer)
        news.messages.extend(new)

    def _flush(self, conversation: ConversationId) -> None:
        news = self._pending.pop(conversation)
        self._send(conversation, self._cache.users_listing(conversation), list(news.messages))

    def _send(self, conversation: ConversationId, users: Iterable[UserId], messages: Sequence[Message]) -> None:
        """Send messages to those connections of these users that are not subscribed to the conversation."""
        away = self._presence.connections_elsewhere(conversation, users)
        if away and messages:
            newest = list(messages[-MAX_MESSAGES:])
            broadcast(away, Activity(conversation=conversation, head=newest[-1].seq, messages=newest))
