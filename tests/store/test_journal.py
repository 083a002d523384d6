"""Group commit while the database answers: order, seqs, bounds, and failures of single changes."""

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


def new(text: str = "x", conversation: str = "#ting") -> Message:
    return message(message_id(), text, conversation)


class Gate:
    """Holds the writes of a store until it is opened, and counts them."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = asyncio.Event()
        self.batches: list[int] = []
        self._write = app.stores.messages.write
        monkeypatch.setattr(app.stores.messages, "write", self._gated)

    async def _gated(self, batch: Sequence[Write]) -> Written:
        self.batches.append(len(batch))
        await self.open.wait()
        return await self._write(batch)


@pytest.mark.gen_test
async def test_changes_get_contiguous_seqs_per_conversation_in_the_order_of_appending(app: App) -> None:
    lines = {"#ting": FakeSequence("#ting", 5), "#music": FakeSequence("#music")}
    made = [new(str(number), conversation) for number in range(20) for conversation in lines]

    stored = await asyncio.gather(*(app.realtime.journal.append(lines[one.conversation], one) for one in made))

    assert [one.seq for one in stored if one.conversation == "#ting"] == list(range(6, 26))
    assert [one.seq for one in stored if one.conversation == "#music"] == list(range(1, 21))
    assert all(one.first == one.seq for one in stored)
    assert (lines["#ting"].head, lines["#music"].head) == (25, 20)
    assert await app.stores.messages.by_id([one.id for one in made]) == {
        one.id: msgspec.structs.replace(one, seq=after.seq, first=after.first)
        for one, after in zip(made, stored, strict=True)
    }


@pytest.mark.gen_test
async def test_what_waits_while_a_write_is_under_way_is_written_together(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, line = Gate(app, monkeypatch), FakeSequence()

    first = app.realtime.journal.append(line, new())
    await until(lambda: gate.batches)
    others = [app.realtime.journal.append(line, new()) for _ in range(50)]
    gate.open.set()
    await asyncio.gather(first, *others)

    assert gate.batches == [1, 50]


@pytest.mark.gen_test
async def test_the_listener_is_told_in_order_and_before_those_who_wait(app: App) -> None:
    told: list[str] = []
    app.realtime.journal.on_commit(lambda messages: told.extend(f"told {one.seq}" for one in messages))
    line = FakeSequence()

    async def sent() -> None:
        stored = await app.realtime.journal.append(line, new())
        told.append(f"done {stored.seq}")
        assert line.head >= stored.seq

    await asyncio.gather(*(sent() for _ in range(5)))

    assert told == [f"told {seq}" for seq in range(1, 6)] + [f"done {seq}" for seq in range(1, 6)]


@pytest.mark.gen_test
async def test_an_edit_keeps_its_first_seq(app: App) -> None:
    line = FakeSequence()
    stored = await app.realtime.journal.append(line, new())

    edited = await app.realtime.journal.append(line, msgspec.structs.replace(stored, text="y"), stored.seq)

    assert (edited.seq, edited.first, edited.text) == (2, 1, "y")
    assert await app.stores.messages.get(stored.id) == edited


@pytest.mark.gen_test
async def test_past_the_bound_changes_are_refused_until_there_is_room(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.realtime.journal.stop()
    bounded = start_app(app.web.database, waiting_max=3)
    gate, line = Gate(bounded, monkeypatch), FakeSequence()

    waiting = [bounded.realtime.journal.append(line, new()) for _ in range(3)]
    assert bounded.realtime.journal.waiting == 3
    with pytest.raises(Busy):
        bounded.realtime.journal.append(line, new())
    gate.open.set()
    await asyncio.gather(*waiting)

    assert (await bounded.realtime.journal.append(line, new())).seq == 4
    await stop_app(bounded)


@pytest.mark.gen_test
async def test_one_that_mongodb_refuses_fails_alone_and_the_rest_is_carried_on(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    line = FakeSequence()
    made = [new(), new("secret" * 1000), new(), new("secret" * 1000), new()]

    results = await asyncio.gather(*(app.realtime.journal.append(line, one) for one in made), return_exceptions=True)

    assert [type(result) for result in results] == [Message, Internal, Message, Internal, Message]
    assert [result.seq for result in results if isinstance(result, Message)] == [1, 2, 3]
    assert line.head == 3
    assert "secret" not in caplog.text


@pytest.mark.gen_test
async def test_an_id_that_is_stored_already_returns_the_first_message(app: App) -> None:
    told: list[Message] = []
    line, first = FakeSequence(), new("first")
    stored = await app.realtime.journal.append(line, first)
    app.realtime.journal.on_commit(told.extend)
    retry = msgspec.structs.replace(first, text="second", position=9)

    before, again, after = await asyncio.gather(
        *(app.realtime.journal.append(line, one) for one in (new(), retry, new()))
    )

    assert again == stored
    assert (before.seq, after.seq) == (2, 3)
    assert [one.id for one in told] == [before.id, after.id]


@pytest.mark.gen_test
async def test_an_id_of_another_conversation_returns_that_message(app: App) -> None:
    first = new("first")
    stored = await app.realtime.journal.append(FakeSequence(), first)

    elsewhere = msgspec.structs.replace(first, conversation="#music")

    assert await app.realtime.journal.append(FakeSequence("#music"), elsewhere) == stored


@pytest.mark.gen_test
async def test_a_seq_that_another_process_took_is_stepped_over(app: App) -> None:
    line = FakeSequence()
    await app.realtime.journal.append(line, new())
    theirs = [message(message_id(), "theirs", position=seq, seq=seq, first=seq) for seq in (2, 3)]
    await app.stores.messages.write([Write(one) for one in theirs])

    ours = await asyncio.gather(*(app.realtime.journal.append(line, new("ours")) for _ in range(2)))

    assert [one.seq for one in ours] == [4, 5]
    assert line.head == 5
    assert [one.text for one in await app.stores.messages.changes("#ting", 1, 9)] == ["theirs"] * 2 + ["ours"] * 2


@pytest.mark.gen_test
async def test_a_bug_in_the_store_fails_the_batch_and_the_journal_lives_on(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def buggy(batch: Sequence[Write]) -> Written:
        raise RuntimeError("a bug")

    line = FakeSequence()
    with monkeypatch.context() as broken:
        broken.setattr(app.stores.messages, "write", buggy)
        results = await asyncio.gather(
            *(app.realtime.journal.append(line, new()) for _ in range(3)), return_exceptions=True
        )

    assert [type(result) for result in results] == [Internal] * 3
    assert "a bug" in caplog.text
    assert (await app.realtime.journal.append(line, new())).seq == 1


@pytest.mark.gen_test
async def test_draining_finishes_what_waits_and_takes_nothing_more(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, line = Gate(app, monkeypatch), FakeSequence()
    waiting = [app.realtime.journal.append(line, new()) for _ in range(3)]

    draining = asyncio.create_task(app.realtime.journal.drain())
    await until(lambda: gate.batches)
    assert not draining.done()
    with pytest.raises(Busy):
        app.realtime.journal.append(line, new())
    gate.open.set()
    await draining

    assert [stored.result().seq for stored in waiting] == [1, 2, 3]


@pytest.mark.gen_test
async def test_stopping_gives_up_on_what_still_waits(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, line = Gate(app, monkeypatch), FakeSequence()
    first = app.realtime.journal.append(line, new())
    await until(lambda: gate.batches)
    second = app.realtime.journal.append(line, new())

    await app.realtime.journal.stop()

    for stored in (first, second):
        with pytest.raises(Busy, match="restarting"):
            await stored
    assert app.realtime.journal.waiting == 0


@pytest.mark.gen_test
async def test_somebody_who_gave_up_waiting_does_not_disturb_the_others(app: App) -> None:
    line = FakeSequence()
    stored = [app.realtime.journal.append(line, new()) for _ in range(3)]

    stored[1].cancel()

    assert [(await one).seq for one in (stored[0], stored[2])] == [1, 3]
    assert app.realtime.journal.pending_insert("x") is None
    assert await app.stores.messages.last("#ting") == (3, 1)
