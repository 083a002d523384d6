"""Group commit when the database does not answer: no change is lost, announced twice, or announced too early."""

import asyncio
import random
from collections.abc import Iterable, Sequence

import msgspec
import pytest

from tests.app_parts import FakeSequence, message
from tests.client import message_id
from ting.core.errors import Busy
from ting.core.models import Message
from ting.store.database import Database
from ting.store.journal import Journal
from ting.store.messages import MessageStore, Unanswered, Write, Written
from ting.store.users import UserStore

ALL, NOTHING = 1_000, 0
IN_TIME = pytest.mark.gen_test(timeout=20)


class LossyStore(MessageStore):
    """Loses the answers to its first writes. `applied` is how many changes of each write it applies."""

    def __init__(self, database: Database, applied: Iterable[int], *, lost_barriers: int = 0) -> None:
        super().__init__(database, UserStore(database))
        self.plan = list(applied)
        self.lost_barriers = lost_barriers
        self.doubtful = False

    async def write(self, batch: Sequence[Write]) -> Written:
        if not self.plan:
            return await super().write(batch)
        if applied := self.plan.pop(0):
            await super().write(batch[:applied])
            self.doubtful = True
        raise Unanswered("connection closed.")

    async def barrier(self) -> None:
        if self.lost_barriers:
            self.lost_barriers -= 1
            raise Unanswered("still closed.")
        await super().barrier()
        self.doubtful = False


class LateStore(LossyStore):
    """Reports no answer to its first write, and applies it later: just before another call, or during it."""

    def __init__(self, database: Database, moment: str) -> None:
        super().__init__(database, [])
        self._moment = moment
        self._given_up: Sequence[Write] | None = None

    async def write(self, batch: Sequence[Write]) -> Written:
        if self._given_up is None:
            self._given_up = batch
            raise Unanswered("timed out.")
        await self._asked("write")
        return await super().write(batch)

    async def barrier(self) -> None:
        await self._asked("barrier")
        await super().barrier()

    async def last(self, conversation: str) -> tuple[int, int]:
        await self._asked(f"last of {conversation}")
        return await super().last(conversation)

    async def by_id(self, ids: Iterable[str]) -> dict[str, Message]:
        await self._asked("by_id")
        early, *rest = ids
        found = await super().by_id([early])
        await self._asked("half of by_id")
        return found | await super().by_id(rest)

    async def _asked(self, what: str) -> None:
        if what == self._moment and self._given_up:
            late, self._given_up = self._given_up, ()
            await super().write(late)
            self.doubtful = True


class RecordedJournal:
    """A journal with a listener that records the messages, and checks that they are durable by then."""

    def __init__(self, store: LossyStore) -> None:
        self.committed: list[Message] = []
        self._store = store
        self.journal = Journal(store, max_waiting=1_000, max_pause_s=0.02)
        self.journal.on_commit(self._listen)
        self.journal.start()

    def _listen(self, messages: Sequence[Message]) -> None:
        assert not self._store.doubtful, "announced before it was known to be durable"
        self.committed += messages


def new_message(text: str = "x", conversation: str = "#ting") -> Message:
    return message(message_id(), text, conversation)


@IN_TIME
@pytest.mark.parametrize("applied", [[ALL], [NOTHING], [2], [2, 1, NOTHING, ALL], [NOTHING] * 5], ids=str)
async def test_a_lost_answer_does_not_affect_the_result(database: Database, applied: list[int]) -> None:
    store = LossyStore(database, applied)
    recorded, sequence = RecordedJournal(store), FakeSequence()

    stored = await asyncio.gather(*(recorded.journal.append(sequence, new_message()) for _ in range(6)))

    assert [change.seq for change in stored] == [1, 2, 3, 4, 5, 6]
    assert recorded.committed == stored == await store.changes("#ting", 0, 10)
    assert sequence.head == 6
    await recorded.journal.stop()


@IN_TIME
@pytest.mark.parametrize("applied", [ALL, NOTHING])
async def test_a_lost_answer_to_an_edit_does_not_affect_the_result(database: Database, applied: int) -> None:
    store = LossyStore(database, [])
    recorded, sequence = RecordedJournal(store), FakeSequence()
    first = await recorded.journal.append(sequence, new_message())
    store.plan = [applied]

    edited, other = await asyncio.gather(
        recorded.journal.append(sequence, msgspec.structs.replace(first, text="y"), first.seq),
        recorded.journal.append(sequence, new_message()),
    )

    assert (edited.seq, edited.first, edited.text, other.seq) == (2, 1, "y", 3)
    assert recorded.committed == [first, edited, other]
    assert await store.changes("#ting", 0, 10) == [edited, other]
    await recorded.journal.stop()


@IN_TIME
async def test_an_unavailable_database_is_polled_until_it_answers(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = LossyStore(database, [2], lost_barriers=4)
    recorded, sequence = RecordedJournal(store), FakeSequence()

    stored = await asyncio.gather(*(recorded.journal.append(sequence, new_message("secret")) for _ in range(4)))

    assert [change.seq for change in stored] == [1, 2, 3, 4]
    assert recorded.committed == stored
    assert "The database does not answer; 4 changes are waiting: connection closed." in caplog.text
    assert "secret" not in caplog.text
    await recorded.journal.stop()


@IN_TIME
@pytest.mark.parametrize("moment", ["last of #ting", "last of #music", "by_id", "half of by_id", "barrier", "write"])
async def test_a_write_applied_during_recovery_is_announced_once_and_in_order(database: Database, moment: str) -> None:
    store = LateStore(database, moment)
    recorded = RecordedJournal(store)
    sequences = {"#ting": FakeSequence("#ting"), "#music": FakeSequence("#music")}
    batch = [new_message(conversation=conversation) for conversation in ("#ting", "#music", "#ting", "#music")]

    stored = await asyncio.gather(
        *(recorded.journal.append(sequences[change.conversation], change) for change in batch)
    )

    assert [change.seq for change in stored] == [1, 1, 2, 2]
    for conversation, sequence in sequences.items():
        committed = [change for change in recorded.committed if change.conversation == conversation]
        assert committed == await store.changes(conversation, 0, 10)
        assert sequence.head == 2
    await recorded.journal.stop()


@IN_TIME
@pytest.mark.parametrize("moment", ["last of #ting", "by_id", "half of by_id", "barrier", "write"])
async def test_an_edit_applied_during_recovery_is_announced(database: Database, moment: str) -> None:
    store = LateStore(database, moment)
    sequence, first = FakeSequence(), new_message()
    await MessageStore(database, UserStore(database)).write([Write(first)])
    sequence.head = first.seq
    recorded = RecordedJournal(store)

    stored = await asyncio.gather(
        recorded.journal.append(sequence, new_message()),
        recorded.journal.append(sequence, msgspec.structs.replace(first, text="edited"), first.seq),
    )

    assert recorded.committed == [*stored] == await store.changes("#ting", first.seq, 10)
    await recorded.journal.stop()


@IN_TIME
async def test_a_retry_in_a_batch_without_an_answer_gets_the_first_message(database: Database) -> None:
    store = LossyStore(database, [])
    recorded, sequence = RecordedJournal(store), FakeSequence()
    first = await recorded.journal.append(sequence, new_message("first"))
    store.plan = [NOTHING, 1]

    retry = msgspec.structs.replace(first, text="2")
    before, again, after = await asyncio.gather(
        *(recorded.journal.append(sequence, change) for change in (new_message(), retry, new_message()))
    )

    assert again == first
    assert [before.seq, after.seq] == [2, 3]
    assert recorded.committed == [first, before, after]
    await recorded.journal.stop()


@IN_TIME
async def test_a_seq_that_another_process_used_in_the_meantime_is_skipped(database: Database) -> None:
    store = LossyStore(database, [NOTHING])
    recorded, sequence = RecordedJournal(store), FakeSequence()
    other = message(message_id(), "other", position=7)
    await MessageStore(database, UserStore(database)).write([Write(other)])

    own = await asyncio.gather(*(recorded.journal.append(sequence, new_message("own")) for _ in range(2)))

    assert [change.seq for change in own] == [2, 3]
    assert recorded.committed == own
    await recorded.journal.stop()


@IN_TIME
async def test_an_edit_of_a_replaced_version_fails_alone(database: Database) -> None:
    store = LossyStore(database, [])
    recorded, sequence = RecordedJournal(store), FakeSequence()
    first = await recorded.journal.append(sequence, new_message())
    second = await recorded.journal.append(sequence, msgspec.structs.replace(first, text="newer"), first.seq)

    late, other = await asyncio.gather(
        recorded.journal.append(sequence, msgspec.structs.replace(first, text="late"), first.seq),
        recorded.journal.append(sequence, new_message()),
        return_exceptions=True,
    )

    assert isinstance(late, Busy)
    assert isinstance(other, Message)
    assert recorded.committed == [first, second, other]
    assert await store.changes("#ting", 0, 10) == [second, other]
    await recorded.journal.stop()


@IN_TIME
async def test_stopping_does_not_wait_for_an_unavailable_database(database: Database) -> None:
    store = LossyStore(database, [NOTHING], lost_barriers=1_000_000)
    recorded = RecordedJournal(store)
    stored = recorded.journal.append(FakeSequence(), new_message())
    for _ in range(5):
        await asyncio.sleep(0)

    await recorded.journal.stop()

    assert stored.exception() is not None


@IN_TIME
@pytest.mark.parametrize("seed", range(6))
async def test_all_changes_are_stored_and_announced_once_and_in_order(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    store = LossyStore(database, [chance.choice([NOTHING, 1, 2, 5, ALL]) for _ in range(8)], lost_barriers=3)
    recorded = RecordedJournal(store)
    sequences = {"#ting": FakeSequence("#ting"), "#music": FakeSequence("#music")}

    async def user() -> None:
        for _ in range(5):
            change = new_message(conversation=chance.choice(list(sequences)))
            sequence = sequences[change.conversation]
            stored = await recorded.journal.append(sequence, change)
            if chance.random() < 0.4:
                assert await recorded.journal.append(sequence, change) == stored
            if chance.random() < 0.4:
                await recorded.journal.append(sequence, msgspec.structs.replace(stored, text="edited"), stored.seq)

    await asyncio.gather(*(user() for _ in range(8)))
    await recorded.journal.stop()

    for conversation, sequence in sequences.items():
        committed = [change for change in recorded.committed if change.conversation == conversation]
        assert [change.seq for change in committed] == list(range(1, sequence.head + 1))
        newest = {change.id: change for change in committed}
        assert sorted(newest.values(), key=lambda change: change.seq) == await store.changes(conversation, 0, 1000)
