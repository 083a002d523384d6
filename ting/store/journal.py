"""Group commit: all changes that wait when a write finishes go to MongoDB together, in one journaled write.

The journal gives each change its seq when its batch is formed, so seqs are contiguous per conversation and in the
order of commit even when one change of a batch fails. What it knows for certain to be durable it tells to its
listener, in that order, and only then to whoever waits for it. When the database does not answer, it tries the
same batch again, after finding out what of it was applied; nothing is told twice and nothing is told too early.
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
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0
RESTARTING = "The server is restarting. Try again in a moment."

logger = logging.getLogger(__name__)


class MessageSequence(Protocol):
    """A conversation's numbering. `head` is the newest seq that is durable; only the journal moves it."""

    id: ConversationId
    head: int


OnSettled = Callable[[Message | None], None]


@dataclass(eq=False, slots=True)
class PendingWrite:
    """A message that waits to be stored. Its `seq` is given with its batch."""

    sequence: MessageSequence
    message: Message
    replaces: int | None
    on_settled: OnSettled
    waiters: list[asyncio.Future[Message]] = field(default_factory=list)

    def stored(self) -> asyncio.Future[Message]:
        """The message as stored, once it is durable; for each who waits one, so that giving up stops nobody else."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        return waiter


CommitListener = Callable[[Sequence[Message]], None]
OnWrite = Callable[[int, float], None]


class Journal:
    """Writes changes durably, many at a time."""

    def __init__(
        self,
        messages: MessageStore,
        *,
        waiting_max: int,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        """`waiting_max`: `append` raises `Busy` while so many changes wait."""
        self._messages = messages
        self._waiting_max = waiting_max
        self._longest_pause_s = longest_pause_s
        self._write_listeners: list[OnWrite] = []
        self._waiting: list[PendingWrite] = []
        self._in_flight: list[PendingWrite] = []
        self._inserts: dict[MessageId, PendingWrite] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._progress = asyncio.Event()
        self._idle.set()
        self._listeners: list[CommitListener] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def on_commit(self, listener: CommitListener) -> None:
        """`listener` is told of durable messages, in order of commit. It must not raise and does not wait.

        Of several, the one that came first is told first.
        """
        self._listeners.append(listener)

    def on_write(self, listener: OnWrite) -> None:
        """Call `listener` after each write with how many changes it stored, and how many seconds it took."""
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
        """Queue a change; the future has the message as stored, once that is durable.

        If a message of this id is stored already, the future has that one. `replaces` is the seq of the version that
        this one goes over. `settled` is told how it ended, even if nobody waits any more: with the message, or with
        None if it failed; it must not raise. Raises `Busy` when too many changes wait.
        """
        if self._closed:
            raise Busy(RESTARTING)
        if self.waiting >= self._waiting_max:
            raise Busy
        write = PendingWrite(sequence, message, replaces, on_settled)
        self._waiting.append(write)
        if replaces is None:
            self._inserts[message.id] = write
        self._idle.clear()
        self._wake.set()
        return write.stored()

    def pending_insert(self, message_id: MessageId) -> PendingWrite | None:
        """The change that is about to store a new message of this id, if there is one."""
        return self._inserts.get(message_id)

    @property
    def waiting(self) -> int:
        """How many changes are not durable yet."""
        return len(self._waiting) + len(self._in_flight)

    def is_writing(self, sequence: MessageSequence) -> bool:
        """Whether something of this conversation is not durable yet."""
        return any(change.sequence is sequence for change in chain(self._in_flight, self._waiting))

    async def progress(self) -> None:
        """Return when the batch in hand has gone a step further."""
        await self._progress.wait()

    async def drain(self) -> None:
        """Take in nothing more, and return when all that waits is durable."""
        self._closed = True
        await self._idle.wait()

    async def stop(self) -> None:
        """Give up on what still waits: it was never acknowledged, its clients will send it again."""
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
                except Exception:  # the journal must outlive whatever this is
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
        """Write what is in hand, as far as it goes."""
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
        """Which of these are stored, after a write that said "duplicate" or nothing at all."""
        stored, heads = await self._patiently_read(numbered)
        undecided, untold = [], []
        for change in self._in_flight:
            found = stored.get(change.message.id)
            if found is not None and found.conversation == change.sequence.id and found.seq > change.sequence.head:
                untold.append((change, found))  # applied by a write whose answer was lost
            elif found is not None and change.replaces is None:
                self._finish(change, found)  # an earlier message has this id: that is the answer
            elif change.replaces is not None and (found is None or found.seq != change.replaces):
                self._fail(change, Busy())  # somebody else changed it: the next try begins with what is there now
            else:
                undecided.append(change)
        self._commit(sorted(untold, key=lambda pair: pair[1].seq))
        self._in_flight = undecided
        for change in undecided:
            change.sequence.head = max(change.sequence.head, heads[change.sequence.id])

    async def _patiently_read(
        self, numbered: Sequence[Message]
    ) -> tuple[dict[MessageId, Message], dict[ConversationId, int]]:
        """What is stored under these ids, and the heads of their conversations, as soon as the database answers."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                # A write that was given up may still be applied in the middle of this: whatever a head counts must be
                # among what is found, and whatever is found must be durable before it is told.
                lines = {message.conversation for message in numbered}
                heads = {line: (await self._messages.last(line))[0] for line in lines}
                stored = await self._messages.by_id([message.id for message in numbered])
                if any(found.seq > heads.get(found.conversation, found.seq) for found in stored.values()):
                    continue  # it came in meanwhile, and what came before it may have been overlooked
                await self._messages.barrier()
            except (Unanswered, Busy):
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, self._longest_pause_s)
            else:
                return stored, heads

    def _settle(self, numbered: Sequence[Message]) -> None:
        done, self._in_flight = self._in_flight[: len(numbered)], self._in_flight[len(numbered) :]
        self._commit(list(zip(done, numbered, strict=True)))

    def _commit(self, done: Sequence[tuple[PendingWrite, Message]]) -> None:
        if not done:
            return
        for change, message in done:
            change.sequence.head = message.seq
        stored = [message for _, message in done]
        for listener in self._listeners:
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
    """The messages with the seqs they will be stored under."""
    heads: dict[ConversationId, int] = {}
    numbered = []
    for change in changes:
        seq = heads.get(change.sequence.id, change.sequence.head) + 1
        heads[change.sequence.id] = seq
        first = seq if change.replaces is None else change.message.first
        numbered.append(msgspec.structs.replace(change.message, seq=seq, first=first))
    return numbered
