"""Group commit when the database does not answer: nothing is lost, told twice, or told too early."""

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
    """Loses the answers to its first writes: of each it applies as many changes as planned."""

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
    """Gives up on its first write, which is applied only later: just before something else is asked, or within it."""

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


class Watched:
    """A journal, and what its listener was told; it must be durable by then."""

    def __init__(self, store: LossyStore) -> None:
        self.told: list[Message] = []
        self._store = store
        self.journal = Journal(store, max_waiting=1_000, max_pause_s=0.02)
        self.journal.on_commit(self._listen)
        self.journal.start()

    def _listen(self, messages: Sequence[Message]) -> None:
        assert not self._store.doubtful, "told before it was known to be durable"
        self.told += messages


def new(text: str = "x", conversation: str = "#ting") -> Message:
    return message(message_id(), text, conversation)


@IN_TIME
@pytest.mark.parametrize("applied", [[ALL], [NOTHING], [2], [2, 1, NOTHING, ALL], [NOTHING] * 5], ids=str)
async def test_a_lost_answer_changes_nothing_for_those_who_wait(database: Database, applied: list[int]) -> None:
    store = LossyStore(database, applied)
    watched, line = Watched(store), FakeSequence()

    stored = await asyncio.gather(*(watched.journal.append(line, new()) for _ in range(6)))

    assert [one.seq for one in stored] == [1, 2, 3, 4, 5, 6]
    assert watched.told == stored == await store.changes("#ting", 0, 10)
    assert line.head == 6
    await watched.journal.stop()


@IN_TIME
@pytest.mark.parametrize("applied", [ALL, NOTHING])
async def test_a_lost_answer_to_an_edit_changes_nothing_either(database: Database, applied: int) -> None:
    store = LossyStore(database, [])
    watched, line = Watched(store), FakeSequence()
    first = await watched.journal.append(line, new())
    store.plan = [applied]

    edited, other = await asyncio.gather(
        watched.journal.append(line, msgspec.structs.replace(first, text="y"), first.seq),
        watched.journal.append(line, new()),
    )

    assert (edited.seq, edited.first, edited.text, other.seq) == (2, 1, "y", 3)
    assert watched.told == [first, edited, other]
    assert await store.changes("#ting", 0, 10) == [edited, other]
    await watched.journal.stop()


@IN_TIME
async def test_a_database_that_stays_away_is_asked_until_it_is_back(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = LossyStore(database, [2], lost_barriers=4)
    watched, line = Watched(store), FakeSequence()

    stored = await asyncio.gather(*(watched.journal.append(line, new("secret")) for _ in range(4)))

    assert [one.seq for one in stored] == [1, 2, 3, 4]
    assert watched.told == stored
    assert "The database does not answer; 4 changes are waiting: connection closed." in caplog.text
    assert "secret" not in caplog.text
    await watched.journal.stop()


@IN_TIME
@pytest.mark.parametrize("moment", ["last of #ting", "last of #music", "by_id", "half of by_id", "barrier", "write"])
async def test_a_write_applied_while_it_is_looked_for_is_told_once_and_in_order(
    database: Database, moment: str
) -> None:
    store = LateStore(database, moment)
    watched = Watched(store)
    lines = {"#ting": FakeSequence("#ting"), "#music": FakeSequence("#music")}
    batch = [new(conversation=conversation) for conversation in ("#ting", "#music", "#ting", "#music")]

    stored = await asyncio.gather(*(watched.journal.append(lines[one.conversation], one) for one in batch))

    assert [one.seq for one in stored] == [1, 1, 2, 2]
    for conversation, line in lines.items():
        told = [one for one in watched.told if one.conversation == conversation]
        assert told == await store.changes(conversation, 0, 10)
        assert line.head == 2
    await watched.journal.stop()


@IN_TIME
@pytest.mark.parametrize("moment", ["last of #ting", "by_id", "half of by_id", "barrier", "write"])
async def test_an_edit_applied_while_it_is_looked_for_is_told_too(database: Database, moment: str) -> None:
    store = LateStore(database, moment)
    line, first = FakeSequence(), new()
    await MessageStore(database, UserStore(database)).write([Write(first)])
    line.head = first.seq
    watched = Watched(store)

    stored = await asyncio.gather(
        watched.journal.append(line, new()),
        watched.journal.append(line, msgspec.structs.replace(first, text="edited"), first.seq),
    )

    assert watched.told == [*stored] == await store.changes("#ting", first.seq, 10)
    await watched.journal.stop()


@IN_TIME
async def test_a_retry_among_changes_without_an_answer_gets_the_first_message(database: Database) -> None:
    store = LossyStore(database, [])
    watched, line = Watched(store), FakeSequence()
    first = await watched.journal.append(line, new("first"))
    store.plan = [NOTHING, 1]

    before, again, after = await asyncio.gather(
        *(watched.journal.append(line, one) for one in (new(), msgspec.structs.replace(first, text="2"), new()))
    )

    assert again == first
    assert [before.seq, after.seq] == [2, 3]
    assert watched.told == [first, before, after]
    await watched.journal.stop()


@IN_TIME
async def test_what_another_process_wrote_meanwhile_is_stepped_over(database: Database) -> None:
    store = LossyStore(database, [NOTHING])
    watched, line = Watched(store), FakeSequence()
    theirs = message(message_id(), "theirs", position=7)
    await MessageStore(database, UserStore(database)).write([Write(theirs)])

    ours = await asyncio.gather(*(watched.journal.append(line, new("ours")) for _ in range(2)))

    assert [one.seq for one in ours] == [2, 3]
    assert watched.told == ours
    await watched.journal.stop()


@IN_TIME
async def test_an_edit_of_a_version_that_is_gone_fails_alone(database: Database) -> None:
    store = LossyStore(database, [])
    watched, line = Watched(store), FakeSequence()
    first = await watched.journal.append(line, new())
    second = await watched.journal.append(line, msgspec.structs.replace(first, text="newer"), first.seq)

    late, other = await asyncio.gather(
        watched.journal.append(line, msgspec.structs.replace(first, text="late"), first.seq),
        watched.journal.append(line, new()),
        return_exceptions=True,
    )

    assert isinstance(late, Busy)
    assert isinstance(other, Message)
    assert watched.told == [first, second, other]
    assert await store.changes("#ting", 0, 10) == [second, other]
    await watched.journal.stop()


@IN_TIME
async def test_stopping_while_the_database_is_away_does_not_wait_for_it(database: Database) -> None:
    store = LossyStore(database, [NOTHING], lost_barriers=1_000_000)
    watched = Watched(store)
    stored = watched.journal.append(FakeSequence(), new())
    for _ in range(5):
        await asyncio.sleep(0)

    await watched.journal.stop()

    assert stored.exception() is not None


@IN_TIME
@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_lost_everything_is_stored_once_and_told_once_in_order(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    store = LossyStore(database, [chance.choice([NOTHING, 1, 2, 5, ALL]) for _ in range(8)], lost_barriers=3)
    watched = Watched(store)
    lines = {"#ting": FakeSequence("#ting"), "#music": FakeSequence("#music")}

    async def person() -> None:
        for _ in range(5):
            one = new(conversation=chance.choice(list(lines)))
            line = lines[one.conversation]
            stored = await watched.journal.append(line, one)
            if chance.random() < 0.4:
                assert await watched.journal.append(line, one) == stored
            if chance.random() < 0.4:
                await watched.journal.append(line, msgspec.structs.replace(stored, text="edited"), stored.seq)

    await asyncio.gather(*(person() for _ in range(8)))
    await watched.journal.stop()

    for conversation, line in lines.items():
        theirs = [one for one in watched.told if one.conversation == conversation]
        assert [one.seq for one in theirs] == list(range(1, line.head + 1))
        newest = {one.id: one for one in theirs}
        assert sorted(newest.values(), key=lambda one: one.seq) == await store.changes(conversation, 0, 1000)
