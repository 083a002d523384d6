"""Group commit while the database answers: order, seqs, limits, and failures of single changes."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from tests.app_parts import FakeSequence, message, start_app, stop_app
from tests.client import message_id, until
from ting.app import App
from ting.core.errors import Busy, Internal
from ting.core.models import Message
from ting.store.messages import Write, Written


def new_message(text: str = "x", conversation: str = "#ting") -> Message:
    return message(message_id(), text, conversation)


class BlockedWrites:
    """Blocks the writes of a store until `unblocked` is set, and records the sizes of the batches."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unblocked = asyncio.Event()
        self.batches: list[int] = []
        self._write = app.stores.messages.write
        monkeypatch.setattr(app.stores.messages, "write", self._blocked_write)

    async def _blocked_write(self, batch: Sequence[Write]) -> Written:
        self.batches.append(len(batch))
        await self.unblocked.wait()
        return await self._write(batch)


@pytest.mark.gen_test
async def test_changes_get_contiguous_seqs_per_conversation_in_order(app: App) -> None:
    sequences = {"#ting": FakeSequence("#ting", 5), "#music": FakeSequence("#music")}
    changes = [new_message(str(number), conversation) for number in range(20) for conversation in sequences]

    results = await asyncio.gather(
        *(app.realtime.journal.append(sequences[change.conversation], change) for change in changes)
    )

    assert [result.seq for result in results if result.conversation == "#ting"] == list(range(6, 26))
    assert [result.seq for result in results if result.conversation == "#music"] == list(range(1, 21))
    assert all(result.first == result.seq for result in results)
    assert (sequences["#ting"].head, sequences["#music"].head) == (25, 20)
    assert await app.stores.messages.by_id([change.id for change in changes]) == {
        change.id: msgspec.structs.replace(change, seq=result.seq, first=result.first)
        for change, result in zip(changes, results, strict=True)
    }


@pytest.mark.gen_test
async def test_changes_that_wait_during_a_write_are_written_together(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, sequence = BlockedWrites(app, monkeypatch), FakeSequence()

    first = app.realtime.journal.append(sequence, new_message())
    await until(lambda: writes.batches)
    others = [app.realtime.journal.append(sequence, new_message()) for _ in range(50)]
    writes.unblocked.set()
    await asyncio.gather(first, *others)

    assert writes.batches == [1, 50]


@pytest.mark.gen_test
async def test_the_listener_is_called_in_order_and_before_the_futures_resolve(app: App) -> None:
    calls: list[str] = []
    app.realtime.journal.on_commit(lambda messages: calls.extend(f"committed {change.seq}" for change in messages))
    sequence = FakeSequence()

    async def append() -> None:
        stored = await app.realtime.journal.append(sequence, new_message())
        calls.append(f"resolved {stored.seq}")
        assert sequence.head >= stored.seq

    await asyncio.gather(*(append() for _ in range(5)))

    assert calls == [f"committed {seq}" for seq in range(1, 6)] + [f"resolved {seq}" for seq in range(1, 6)]


@pytest.mark.gen_test
async def test_an_edit_keeps_its_first_seq(app: App) -> None:
    sequence = FakeSequence()
    stored = await app.realtime.journal.append(sequence, new_message())

    edited = await app.realtime.journal.append(sequence, msgspec.structs.replace(stored, text="y"), stored.seq)

    assert (edited.seq, edited.first, edited.text) == (2, 1, "y")
    assert await app.stores.messages.get(stored.id) == edited


@pytest.mark.gen_test
async def test_changes_over_the_limit_are_refused_until_others_are_written(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.realtime.journal.stop()
    bounded = start_app(app.web.database, waiting_max=3)
    writes, sequence = BlockedWrites(bounded, monkeypatch), FakeSequence()

    waiting = [bounded.realtime.journal.append(sequence, new_message()) for _ in range(3)]
    assert bounded.realtime.journal.waiting == 3
    with pytest.raises(Busy):
        bounded.realtime.journal.append(sequence, new_message())
    writes.unblocked.set()
    await asyncio.gather(*waiting)

    assert (await bounded.realtime.journal.append(sequence, new_message())).seq == 4
    await stop_app(bounded)


@pytest.mark.gen_test
async def test_a_change_that_mongodb_refuses_fails_alone(app: App, caplog: pytest.LogCaptureFixture) -> None:
    sequence = FakeSequence()
    changes = [new_message(), new_message("secret" * 1000), new_message(), new_message("secret" * 1000), new_message()]

    results = await asyncio.gather(
        *(app.realtime.journal.append(sequence, change) for change in changes), return_exceptions=True
    )

    assert [type(result) for result in results] == [Message, Internal, Message, Internal, Message]
    assert [result.seq for result in results if isinstance(result, Message)] == [1, 2, 3]
    assert sequence.head == 3
    assert "secret" not in caplog.text


@pytest.mark.gen_test
async def test_an_id_that_is_already_stored_returns_the_first_message(app: App) -> None:
    committed: list[Message] = []
    sequence, first = FakeSequence(), new_message("first")
    stored = await app.realtime.journal.append(sequence, first)
    app.realtime.journal.on_commit(committed.extend)
    retry = msgspec.structs.replace(first, text="second", position=9)

    before, again, after = await asyncio.gather(
        *(app.realtime.journal.append(sequence, change) for change in (new_message(), retry, new_message()))
    )

    assert again == stored
    assert (before.seq, after.seq) == (2, 3)
    assert [change.id for change in committed] == [before.id, after.id]


@pytest.mark.gen_test
async def test_an_id_of_another_conversation_returns_that_message(app: App) -> None:
    first = new_message("first")
    stored = await app.realtime.journal.append(FakeSequence(), first)

    elsewhere = msgspec.structs.replace(first, conversation="#music")

    assert await app.realtime.journal.append(FakeSequence("#music"), elsewhere) == stored


@pytest.mark.gen_test
async def test_seqs_that_another_process_used_are_skipped(app: App) -> None:
    sequence = FakeSequence()
    await app.realtime.journal.append(sequence, new_message())
    other = [message(message_id(), "other", position=seq, seq=seq, first=seq) for seq in (2, 3)]
    await app.stores.messages.write([Write(change) for change in other])

    own = await asyncio.gather(*(app.realtime.journal.append(sequence, new_message("own")) for _ in range(2)))

    assert [change.seq for change in own] == [4, 5]
    assert sequence.head == 5
    texts = [change.text for change in await app.stores.messages.changes("#ting", 1, 9)]
    assert texts == ["other"] * 2 + ["own"] * 2


@pytest.mark.gen_test
async def test_a_bug_in_the_store_fails_the_batch_but_not_the_journal(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def buggy(batch: Sequence[Write]) -> Written:
        raise RuntimeError("a bug")

    sequence = FakeSequence()
    with monkeypatch.context() as broken:
        broken.setattr(app.stores.messages, "write", buggy)
        results = await asyncio.gather(
            *(app.realtime.journal.append(sequence, new_message()) for _ in range(3)), return_exceptions=True
        )

    assert [type(result) for result in results] == [Internal] * 3
    assert "a bug" in caplog.text
    assert (await app.realtime.journal.append(sequence, new_message())).seq == 1


@pytest.mark.gen_test
async def test_draining_writes_waiting_changes_and_refuses_new_ones(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, sequence = BlockedWrites(app, monkeypatch), FakeSequence()
    waiting = [app.realtime.journal.append(sequence, new_message()) for _ in range(3)]

    draining = asyncio.create_task(app.realtime.journal.drain())
    await until(lambda: writes.batches)
    assert not draining.done()
    with pytest.raises(Busy):
        app.realtime.journal.append(sequence, new_message())
    writes.unblocked.set()
    await draining

    assert [stored.result().seq for stored in waiting] == [1, 2, 3]


@pytest.mark.gen_test
async def test_stopping_fails_waiting_changes(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, sequence = BlockedWrites(app, monkeypatch), FakeSequence()
    first = app.realtime.journal.append(sequence, new_message())
    await until(lambda: writes.batches)
    second = app.realtime.journal.append(sequence, new_message())

    await app.realtime.journal.stop()

    for stored in (first, second):
        with pytest.raises(Busy, match="restarting"):
            await stored
    assert app.realtime.journal.waiting == 0


@pytest.mark.gen_test
async def test_a_cancelled_future_does_not_affect_other_changes(app: App) -> None:
    sequence = FakeSequence()
    stored = [app.realtime.journal.append(sequence, new_message()) for _ in range(3)]

    stored[1].cancel()

    assert [(await future).seq for future in (stored[0], stored[2])] == [1, 3]
    assert app.realtime.journal.pending_insert("x") is None
    assert await app.stores.messages.last("#ting") == (3, 1)
