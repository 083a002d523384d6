"""Group commit: all changes that wait when a write finishes go to MongoDB together, in one journaled write.

The journal assigns seqs when it forms a batch. So seqs are contiguous per conversation and in commit order, even if a
change of the batch fails. Once changes are certainly durable, the journal calls its listeners in commit order, and
then resolves the futures of the callers. If the database does not answer, the journal finds out which changes were
applied, then writes the rest again. It announces no change twice, and none before it is durable.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

import msgspec

from ting.core.errors import Busy, Internal
from ting.core.models import ConversationId, Message, MessageId
from ting.store.messages import MessageStore, Unanswered, Write

MAX_BATCH = 1_000
INITIAL_PAUSE_S = 0.05
MAX_PAUSE_S = 2.0
RESTARTING = "The server is restarting. Try again in a moment."

logger = logging.getLogger(__name__)


class MessageSequence(Protocol):
    """The seqs of a conversation. `head` is the newest durable seq; only the journal changes it."""

    id: ConversationId
    head: int


OnSettled = Callable[[Message | None], None]


@dataclass(eq=False, slots=True)
class PendingWrite:
    """A change that waits to be stored. Its seq is assigned when its batch is formed."""

    sequence: MessageSequence
    message: Message
    replaces: int | None
    on_settled: OnSettled
    waiters: list[asyncio.Future[Message]] = field(default_factory=list)

    def stored(self) -> asyncio.Future[Message]:
        """A future with the stored message, once it is durable. Each caller gets its own, so that it can cancel it."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        return waiter


CommitListener = Callable[[Sequence[Message]], None]
OnWrite = Callable[[int, float], None]


class Journal:
    """Writes changes durably, in batches."""

    def __init__(
        self,
        messages: MessageStore,
        *,
        max_waiting: int,
        max_pause_s: float = MAX_PAUSE_S,
    ) -> None:
        """`append` raises `Busy` while `max_waiting` changes wait."""
        self._messages = messages
        self._max_waiting = max_waiting
        self._max_pause_s = max_pause_s
        self._write_listeners: list[OnWrite] = []
        self._waiting: list[PendingWrite] = []
        self._in_flight: list[PendingWrite] = []
        self._inserts: dict[MessageId, PendingWrite] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._progress = asyncio.Event()
        self._idle.set()
        self._commit_listeners: list[CommitListener] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def on_commit(self, listener: CommitListener) -> None:
        """Call `listener` with durable messages, in commit order. It must not raise.

        Listeners are called in the order in which they were registered.
        """
        self._commit_listeners.append(listener)

    def on_write(self, listener: OnWrite) -> None:
        """Call `listener` after each write, with the number of stored changes and the duration in seconds."""
        self._write_listeners.append(listener)

    def start(self) -> None:
        self._writer = asyncio.get_running_loop().create_task(self._write_batches(), name="journal")

    def append(
        self,
        sequence: MessageSequence,
        message: Message,
        replaces: int | None = None,
        on_settled: OnSettled = lambda message: None,
    ) -> asyncio.Future[Message]:
        """Queue a change. The future gets the stored message, once it is durable.

        If a message with this id is already stored, the future gets that one. `replaces` is the seq of the version that
        this one replaces. `on_settled` is called with the stored message, or with None if the change failed, even if
        the future was cancelled; it must not raise. Raises `Busy` if too many changes wait.
        """
        if self._closed:
            raise Busy(RESTARTING)
        if self.waiting >= self._max_waiting:
            raise Busy
        write = PendingWrite(sequence, message, replaces, on_settled)
        self._waiting.append(write)
        if replaces is None:
            self._inserts[message.id] = write
        self._idle.clear()
        self._wake.set()
        return write.stored()

    def pending_insert(self, message_id: MessageId) -> PendingWrite | None:
        """The waiting change that inserts a message with this id, if there is one."""
        return self._inserts.get(message_id)

    @property
    def waiting(self) -> int:
        """The number of changes that are not durable yet."""
        return len(self._waiting) + len(self._in_flight)

    def is_writing(self, sequence: MessageSequence) -> bool:
        """Whether a change of this conversation is not durable yet."""
        return any(change.sequence is sequence for change in chain(self._in_flight, self._waiting))

    async def progress(self) -> None:
        """Return after the next write or failure of the current batch."""
        await self._progress.wait()

    async def drain(self) -> None:
        """Refuse new changes, and return when all waiting ones are settled."""
        self._closed = True
        await self._idle.wait()

    async def stop(self) -> None:
        """Fail all waiting changes. They were never acknowledged, so clients send them again."""
        self._closed = True
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        for change in self._in_flight + self._waiting:
            self._fail(change, Busy(RESTARTING))
        self._in_flight, self._waiting = [], []

    async def _write_batches(self) -> None:
        while True:
            await self._wake.wait()
            self._in_flight, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            while self._in_flight:
                try:
                    await self._write_some()
                except Exception:  # an unexpected error must not end the journal
                    logger.exception("Writing a batch of %d changes failed", len(self._in_flight))
                    for change in self._in_flight:
                        self._fail(change, Internal())
                    self._in_flight = []
                progress, self._progress = self._progress, asyncio.Event()
                progress.set()
            if not self._waiting:
                self._wake.clear()
                self._idle.set()

    async def _write_some(self) -> None:
        """Write the current batch up to the first change that fails."""
        numbered = _numbered(self._in_flight)
        batch = [Write(message, change.replaces) for change, message in zip(self._in_flight, numbered, strict=True)]
        began = time.monotonic()
        try:
            written = await self._messages.write(batch)
        except Unanswered as error:
            logger.warning("The database does not answer; %d changes are waiting: %s", self.waiting, error)
            await self._reconcile(numbered)
            return
        seconds = time.monotonic() - began
        for listener in self._write_listeners:
            listener(written.done, seconds)
        self._settle(numbered[: written.done])
        if written.duplicate:
            await self._reconcile(numbered[written.done :])
        elif written.refused:
            logger.error("MongoDB refused message %s: %s", self._in_flight[0].message.id, written.refused)
            self._fail(self._in_flight.pop(0), Internal())

    async def _reconcile(self, numbered: Sequence[Message]) -> None:
        """Find out which changes of the batch are stored, after a duplicate or a write without an answer."""
        stored, unreadable, heads = await self._read_until_answered(numbered)
        undecided, unannounced = [], []
        for change in self._in_flight:
            found = stored.get(change.message.id)
            if change.message.id in unreadable and change.replaces is None:
                self._fail(change, Internal())  # a broken document has this id: no retry can succeed
                continue
            if found is not None and found.conversation == change.sequence.id and found.seq > change.sequence.head:
                unannounced.append((change, found))  # stored by a write whose answer was lost
            elif found is not None and change.replaces is None:
                self._finish(change, found)  # a retry: an earlier message has this id
            elif change.replaces is not None and (found is None or found.seq != change.replaces):
                self._fail(change, Busy())  # another process changed the message: the client retries from its version
            else:
                undecided.append(change)
        self._commit(sorted(unannounced, key=lambda pair: pair[1].seq))
        self._in_flight = undecided
        for change in undecided:
            change.sequence.head = max(change.sequence.head, heads[change.sequence.id])

    async def _read_until_answered(
        self, numbered: Sequence[Message]
    ) -> tuple[dict[MessageId, Message], set[MessageId], dict[ConversationId, int]]:
        """Read the stored messages with these ids, which of them are unreadable, and the heads of the conversations.

        Retry until it succeeds.
        """
        pause_s = INITIAL_PAUSE_S
        while True:
            try:
                # A write without an answer may be applied during these reads. So all messages up to a head must be
                # among the stored ones, and the stored ones must be durable before they are announced.
                conversations = {message.conversation for message in numbered}
                heads = {id: (await self._messages.last(id))[0] for id in conversations}
                ids = [message.id for message in numbered]
                present = await self._messages.exist(ids)  # first: what is applied between the reads is not unreadable
                stored = await self._messages.by_id(ids)
                unreadable = present - stored.keys()
                if any(found.seq > heads.get(found.conversation, found.seq) for found in stored.values()):
                    continue  # applied between the reads: earlier messages of the write may be missing in `stored`
                await self._messages.barrier()
            except (Unanswered, Busy):
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, self._max_pause_s)
            else:
                return stored, unreadable, heads

    def _settle(self, numbered: Sequence[Message]) -> None:
        done, self._in_flight = self._in_flight[: len(numbered)], self._in_flight[len(numbered) :]
        self._commit(list(zip(done, numbered, strict=True)))

    def _commit(self, done: Sequence[tuple[PendingWrite, Message]]) -> None:
        if not done:
            return
        for change, message in done:
            change.sequence.head = message.seq
        stored = [message for _, message in done]
        for listener in self._commit_listeners:
            listener(stored)
        for change, message in done:
            self._finish(change, message)

    def _finish(self, write: PendingWrite, message: Message) -> None:
        self._inserts.pop(message.id, None)
        write.on_settled(message)
        for waiter in write.waiters:
            if not waiter.done():
                waiter.set_result(message)

    def _fail(self, write: PendingWrite, reason: Exception) -> None:
        self._inserts.pop(write.message.id, None)
        write.on_settled(None)
        for waiter in write.waiters:
            if not waiter.done():
                waiter.set_exception(reason)


def _numbered(changes: Sequence[PendingWrite]) -> list[Message]:
    """The messages with their new seqs."""
    heads: dict[ConversationId, int] = {}
    numbered = []
    for change in changes:
        seq = heads.get(change.sequence.id, change.sequence.head) + 1
        heads[change.sequence.id] = seq
        first = seq if change.replaces is None else change.message.first
        numbered.append(msgspec.structs.replace(change.message, seq=seq, first=first))
    return numbered
