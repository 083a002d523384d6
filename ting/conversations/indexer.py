"""Indexes messages for search in the background. Sending a message never waits for it.

The indexer follows the seqs of every conversation and stores in the database how far it is. After a restart or a
kill it continues from there; indexing a message twice has no effect. It takes a few messages at a time and rests in
between: catching up with a long history takes longer, but does not slow the chat down.
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
from ting.store.search import BadEntry, IndexEntry, SearchIndexStore, key_of
from ting.store.texts import StoredText

BATCH_SIZE = 100  # messages in one write: a few milliseconds on the event loop
MAX_BATCH_CHARS = 50_000  # in one write: long messages are fewer
SLICE_CHARS = 4_000  # tokenized before other tasks run: about a millisecond
SHARE = 0.25  # of the time: the rest is left to the chat
BUSY_SHARE = 0.05  # while messages arrive faster than the share allows to index: it falls behind in any case
BATCH_WINDOW_S = 0.25
RETRY_S = 5.0

Change = tuple[int, StoredText | None]  # a seq, and the text of that message; None if it cannot be read

logger = logging.getLogger(__name__)


class ChangeSource(Protocol):
    """Where the indexer reads messages: the message store."""

    async def changed_texts(self, conversation: ConversationId, after: int, limit: int) -> list[Change]:
        """Return the first `limit` messages that changed after a seq, in order of seq."""
        ...

    def conversations(self) -> AsyncIterator[ConversationId]:
        """Iterate over all conversations that have a message."""
        ...


class Indexer:
    """Indexes all conversations, one batch after another."""

    def __init__(
        self, messages: ChangeSource, index: SearchIndexStore, *, share: float = SHARE, at_once: int = BATCH_SIZE
    ) -> None:
        """`share`: the part of the time in which it works. `at_once`: the number of messages in a batch."""
        self._messages = messages
        self._index = index
        self._share = share
        self._at_once = at_once
        self._behind: dict[ConversationId, None] = {}  # ordered: the first one is indexed next
        self._committed = 0
        self._started = False
        self._wake = asyncio.Event()

    def on_commit(self, messages: Sequence[Message]) -> None:
        """Note that these messages were stored. Must stay cheap: senders wait for it."""
        self._behind.update(dict.fromkeys([message.conversation for message in messages]))
        self._committed += len(messages)
        self._wake.set()

    @property
    def behind(self) -> int:
        """The number of conversations with something to index."""
        return len(self._behind)

    async def run(self) -> None:
        """Index until cancelled. An error is logged and the work retried."""
        await repeat(
            self._index_waiting,
            partial(asyncio.sleep, BATCH_WINDOW_S),
            logger=logger,
            failed="The search index is delayed",
            log_traceback=False,  # MongoDB's errors quote documents, and users' messages do not belong in a log
            on_failure=partial(asyncio.sleep, RETRY_S),
        )

    async def _index_waiting(self) -> None:
        """Index every conversation that is behind, then wait for more."""
        if not self._started:
            self._behind |= {conversation: None async for conversation in self._messages.conversations()}
            self._started = True
        await self.catch_up()
        self._wake.clear()
        if not self._behind:
            await self._wake.wait()

    async def catch_up(self) -> None:
        """Index every conversation that is behind, including those that get new messages meanwhile."""
        checked_at, committed = time.monotonic(), self._committed
        while self._behind:
            conversation = next(iter(self._behind))
            started = time.monotonic()
            indexed, may_have_more = await self._index_batch(conversation)
            # Go to the end of the queue, so that other conversations get a turn.
            if may_have_more:
                self._behind[conversation] = self._behind.pop(conversation, None)
            now = time.monotonic()
            worked_s = now - started
            is_overloaded = (self._committed - committed) * worked_s > indexed * self._share * (now - checked_at)
            checked_at, committed = now, self._committed
            share = min(self._share, BUSY_SHARE) if is_overloaded else self._share
            await asyncio.sleep(worked_s * (1 / share - 1))
        await self._index.count_seen()

    async def _index_batch(self, conversation: ConversationId) -> tuple[int, bool]:
        """Index the next changes of a conversation, at most `at_once`. Return how many, and whether there may be more.

        A message that cannot be read, or that the database does not accept, is left out.
        """
        self._behind.pop(conversation, None)
        try:
            after = await self._index.indexed(conversation)
            found = await self._messages.changed_texts(conversation, after, self._at_once)
            batch = _at_most(found, MAX_BATCH_CHARS)
            await self._put(conversation, batch)
        except BaseException:
            self._behind[conversation] = None  # at the end, so that it does not hold up other conversations
            raise
        return len(batch), len(batch) < len(found) or len(found) == self._at_once

    async def _put(self, conversation: ConversationId, batch: Sequence[Change]) -> None:
        if not batch:
            return
        entries, seq = await _entries(batch), batch[-1][0]
        try:
            await self._index.put(conversation, entries, seq)
        except BadEntry:
            if len(batch) > 1:
                for change in batch:
                    await self._put(conversation, [change])
                return
            logger.error("A message cannot be indexed (seq %d)", seq)  # noqa: TRY400 - the traceback quotes texts
            await self._index.put(conversation, [IndexEntry(entry.key) for entry in entries], seq)


def _at_most(changes: Sequence[Change], characters: int) -> Sequence[Change]:
    """The first changes with at most this many characters together, at least one."""
    total = 0
    for number, (_, text) in enumerate(changes):
        total += len(text.text) if text else 0
        if number and total > characters:
            return changes[:number]
    return changes


async def _entries(batch: Sequence[Change]) -> list[IndexEntry]:
    """The entries of messages. Other tasks run after each `SLICE_CHARS` characters."""
    entries, characters = [], 0
    for _, text in batch:
        if text is None:
            continue
        try:
            entries.append(_entry(text))
        except Exception as error:
            logger.error("The message %s cannot be indexed: %s", text.id, type(error).__name__)  # noqa: TRY400
        characters += len(text.text)
        if characters >= SLICE_CHARS:
            characters = 0
            await asyncio.sleep(0)
    return entries


def _entry(text: StoredText) -> IndexEntry:
    if text.deleted is not None:
        return IndexEntry(key_of(text))
    words = frozenset(index_tokens(text.text))
    return IndexEntry(key_of(text), words, text.conversation, text.author, is_first=text.seq == text.first)
