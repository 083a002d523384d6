"""Brings what is said into the index of words, outside the path of a message.

It follows the seqs of every conversation, and the database knows how far it has come: after a restart, or a kill, it
goes on from there, and a message that was indexed twice is in it once. It takes a few messages at a time and rests
in between, so that catching up with a long history takes longer rather than slowing down those who chat.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Protocol

from ting.conversations.tokenizer import index_tokens
from ting.core.models import ConversationId, Message
from ting.core.periodic import repeat
from ting.store.search import IndexEntry, SearchIndexStore, key_of

AT_ONCE = 100  # messages in one write: a few milliseconds of the server's time
SLICE = 25  # messages of which the words are taken before others have their turn: about a millisecond
SHARE = 0.25  # of the time: the rest of it is left to those who chat
BUSY_SHARE = 0.05  # while more is said than it could index in its share: it falls behind either way
GATHERED_S = 0.25
AGAIN_S = 5.0

logger = logging.getLogger(__name__)


class ChangeSource(Protocol):
    """What is stored."""

    async def changes(self, conversation: ConversationId, after: int, limit: int) -> list[Message]:
        """The `limit` messages that changed first after a seq, by rising seq."""
        ...

    def conversations(self) -> AsyncIterator[ConversationId]:
        """All that have a message."""
        ...


class Indexer:
    """Follows all conversations, one batch after the other."""

    def __init__(
        self, messages: ChangeSource, index: SearchIndexStore, *, share: float = SHARE, at_once: int = AT_ONCE
    ) -> None:
        """It works this share of the time, on so many messages at once."""
        self._messages = messages
        self._index = index
        self._share = share
        self._at_once = at_once
        self._behind: dict[ConversationId, None] = {}  # in the order in which they are looked at
        self._committed = 0
        self._started = False
        self._wake = asyncio.Event()

    def on_commit(self, messages: Sequence[Message]) -> None:
        """These were stored just now. On the path of a message: does no more than that."""
        self._behind.update(dict.fromkeys([message.conversation for message in messages]))
        self._committed += len(messages)
        self._wake.set()

    @property
    def behind(self) -> int:
        """In how many conversations there is something to index."""
        return len(self._behind)

    async def run(self) -> None:
        """Index until cancelled, whatever happens."""
        await repeat(
            self._index_waiting,
            partial(asyncio.sleep, GATHERED_S),
            logger=logger,
            failed="The search index is delayed",
            log_traceback=False,  # MongoDB's errors quote documents, and what users write does not belong in a log
            on_failure=partial(asyncio.sleep, AGAIN_S),
        )

    async def _index_waiting(self) -> None:
        """Index all that is behind, then wait for more."""
        if not self._started:
            self._behind |= {conversation: None async for conversation in self._messages.conversations()}
            self._started = True
        await self.catch_up()
        self._wake.clear()
        if not self._behind:
            await self._wake.wait()

    async def catch_up(self) -> None:
        """Index all that was noted, and what comes meanwhile."""
        looked_at, noted = time.monotonic(), self._committed
        while self._behind:
            conversation = next(iter(self._behind))
            started = time.monotonic()
            indexed = await self._follow(conversation)
            # Noted again while that went on, it has its place at the end already. If it failed, it has kept its place.
            if indexed == self._at_once:
                self._behind[conversation] = self._behind.pop(conversation, None)
            now = time.monotonic()
            worked_s = now - started
            is_too_much = (self._committed - noted) * worked_s > indexed * self._share * (now - looked_at)
            looked_at, noted = now, self._committed
            share = min(self._share, BUSY_SHARE) if is_too_much else self._share
            await asyncio.sleep(worked_s * (1 / share - 1))
        await self._index.count_seen()

    async def _follow(self, conversation: ConversationId) -> int:
        """Index what changed next in a conversation; how much that was, `at_once` at the most."""
        after = await self._index.indexed(conversation)
        self._behind.pop(conversation, None)
        try:
            changed = await self._messages.changes(conversation, after, self._at_once)
            if changed:
                await self._index.put(conversation, await _entries(changed), changed[-1].seq)
        except BaseException:
            self._behind[conversation] = None
            raise
        return len(changed)


async def _entries(messages: Sequence[Message]) -> list[IndexEntry]:
    entries = []
    for start in range(0, len(messages), SLICE):
        entries += [_entry(message) for message in messages[start : start + SLICE]]
        await asyncio.sleep(0)
    return entries


def _entry(message: Message) -> IndexEntry:
    if message.deleted is not None:
        return IndexEntry(key_of(message))
    words = frozenset(index_tokens(message.text))
    return IndexEntry(key_of(message), words, message.conversation, message.author.id)
