"""Tells people of what is said where they are not: in conversations that they list and have not opened.

What is said in a private is told at once. Of a channel, the newest of an interval is told, encoded once for all.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ting.core import conversation_ids
from ting.core.models import HERE, ConversationId, Message, UserId
from ting.memberships.cache import Lists
from ting.protocol import Activity, encode
from ting.realtime.framing import framed
from ting.realtime.presence import Listener, Presence

INTERVAL_S = 0.5
MOST_TOLD = 20


@dataclass
class News:
    """What was said in a channel since it was told last."""

    timer: asyncio.TimerHandle
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MOST_TOLD))


class Watching:
    """Hears of all messages as they are announced."""

    def __init__(self, presence: Presence, lists: Lists, *, interval_s: float = INTERVAL_S) -> None:
        self._presence = presence
        self._lists = lists
        self._interval_s = interval_s
        self._news: dict[ConversationId, News] = {}

    def announced(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """These messages are durable now. Only new ones are news."""
        new = [message for message in messages if message.first == message.seq]
        if not new:
            return
        members = conversation_ids.members(conversation)
        if members:
            self._private(conversation, members, new)
        else:
            self._channel(conversation, new)

    def _private(self, conversation: ConversationId, members: Iterable[UserId], new: Sequence[Message]) -> None:
        for member in members:
            own = self._lists.peek(member)
            ignored = self._presence.ignored_by(member)
            heard = [message for message in new if message.author.id not in ignored]
            if heard and (own is None or own.lists(conversation)):
                self._lists.touch(member, conversation, heard[-1].sent)
                self._tell(conversation, self._away(conversation, [member]), heard)

    def _channel(self, conversation: ConversationId, new: Sequence[Message]) -> None:
        for message in new:
            for user in message.mentions:
                if user == HERE:
                    self._lists.call(conversation, message.sent)
                elif message.author.id not in self._presence.ignored_by(user):
                    self._lists.touch(user, conversation, message.sent)
        if not self._lists.listers(conversation):
            return
        news = self._news.get(conversation)
        if news is None:
            timer = asyncio.get_running_loop().call_later(self._interval_s, self._tell_news, conversation)
            news = self._news[conversation] = News(timer)
        news.messages.extend(new)

    def _tell_news(self, conversation: ConversationId) -> None:
        news = self._news.pop(conversation)
        self._tell(conversation, self._away(conversation, self._lists.listers(conversation)), list(news.messages))

    def _away(self, conversation: ConversationId, users: Iterable[UserId]) -> list[Listener]:
        """The connections of these users that are not subscribed."""
        here = self._presence.connections(conversation)
        return [connection for user in users for connection in self._presence.of_user(user) if connection not in here]

    @staticmethod
    def _tell(conversation: ConversationId, away: Sequence[Listener], messages: Sequence[Message]) -> None:
        if not away or not messages:
            return
        newest = list(messages[-MOST_TOLD:])
        frame = framed(encode(Activity(conversation=conversation, head=newest[-1].seq, messages=newest)))
        for connection in away:
            connection.push(frame)
