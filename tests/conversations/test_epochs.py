"""Cursors of clients after a backup was restored: the database knows which history they belong to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import People, Person, Socket
from ting.core.settings import Settings
from ting.server import Server
from ting.store.database import Database, Document
from ting.store.epochs import CHAIN_ID, MAX_KEPT, Epochs

Backup = dict[str, list[Document]]


class Operator:
    """Starts and stops servers on one database, and saves and restores it in between."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.mongodb, settings.database)
        self._server: Server | None = None
        self._people: list[People] = []

    async def start(self) -> People:
        self._server = Server(self._settings)
        await self._server.start()
        self._people.append(People(self._server.url))
        return self._people[-1]

    async def back_up(self) -> Backup:
        names = ("messages", "meta", "users", "sessions")
        return {name: await self._database.collection(name).find().to_list(None) for name in names}

    async def restore(self, backup: Backup) -> People:
        """Stop the server, restore the backup, and start again."""
        await self.stop()
        for name, documents in backup.items():
            await self._database.collection(name).delete_many({})
            await self._database.collection(name).insert_many(documents)
        return await self.restart()

    async def restart(self) -> People:
        await self.stop()
        return await self.start()

    async def stop(self) -> None:
        for people in self._people:
            await people.close()
        if self._server is not None:
            await self._server.stop()

    async def close(self) -> None:
        await self.stop()
        self._database.close()


async def opened(settings: Settings) -> Operator:
    return Operator(settings)


@pytest.fixture
def operator(settings: Settings, io_loop: Any) -> Iterator[Operator]:
    operator: Operator = io_loop.run_sync(lambda: opened(settings))
    yield operator
    io_loop.run_sync(operator.close)


def same(person: Person, people: People) -> Person:
    """The same user as a client of another server."""
    moved = Person(people.url, person.cookie)
    moved.id, moved.name = person.id, person.name
    people.persons.append(moved)
    return moved


async def say(socket: Socket, count: int) -> list[str]:
    return [(await socket.send(f"text {number}"))["id"] for number in range(count)]


async def cursor_of(person: Person) -> dict[str, Any]:
    answer = await person.changes(0)
    return {"after": answer["head"], "epoch": answer["epoch"]}


async def join(person: Person, cursor: dict[str, Any]) -> Any:
    socket = await person.connect(join=None)
    return await socket.ask("join", conversation="#ting", **cursor)


async def changes(person: Person, cursor: dict[str, Any]) -> Any:
    return await person.get("/api/conversations/%23ting/changes?after={after}&epoch={epoch}".format(**cursor))


@pytest.mark.gen_test(timeout=30)
async def test_a_cursor_stays_valid_over_restarts(operator: Operator) -> None:
    people = await operator.start()
    ada = await people.enter("ada")
    socket = await ada.connect()
    first, *_ = await say(socket, 3)
    cursor = await cursor_of(ada)

    for _ in range(2):
        ada = same(ada, await operator.restart())
        socket = await ada.connect()
        await socket.ask("edit", id=first, text="edited")
        joined = await join(ada, cursor)
        assert joined["type"] == "joined"
        assert joined["epoch"] != cursor["epoch"]
        assert (await changes(ada, cursor)).ok_json["epoch"] == joined["epoch"]
    assert [found["text"] for found in (await changes(ada, cursor)).ok_json["messages"]] == ["edited"]


async def assert_refused(person: Person, cursor: dict[str, Any]) -> None:
    refused = await join(person, cursor)
    assert (refused["code"], refused["field"]) == ("other_epoch", "epoch")
    answer = await changes(person, cursor)
    assert (answer.status, answer.code) == (409, "other_epoch")


@pytest.mark.gen_test(timeout=30)
@pytest.mark.parametrize("later", [0, 1, 5], ids=["head below", "head equal", "head above"])
@pytest.mark.parametrize("started_since", [True, False], ids=["backup of an earlier start", "backup of this start"])
async def test_a_cursor_from_before_a_restore_is_refused(operator: Operator, later: int, started_since: bool) -> None:
    people = await operator.start()
    ada = await people.enter("ada")
    await say(await ada.connect(), 2)
    backup = await operator.back_up()
    if started_since:
        ada = same(ada, await operator.restart())
    await say(await ada.connect(), 1)
    cursor = await cursor_of(ada)

    ada = same(ada, await operator.restore(backup))
    await say(await ada.connect(), later)
    await assert_refused(ada, cursor)

    # Also after further starts, and a client that begins anew has no trouble.
    ada = same(ada, await operator.restart())
    await say(await ada.connect(), 1)
    await assert_refused(ada, cursor)
    fresh = await cursor_of(ada)
    assert (await join(ada, fresh))["head"] == fresh["after"]


@pytest.mark.gen_test(timeout=30)
async def test_two_restores_of_one_backup_have_different_histories(operator: Operator) -> None:
    people = await operator.start()
    ada = await people.enter("ada")
    await say(await ada.connect(), 1)
    backup = await operator.back_up()
    ada = same(ada, await operator.restore(backup))
    await say(await ada.connect(), 1)
    cursor = await cursor_of(ada)

    ada = same(ada, await operator.restore(backup))
    await say(await ada.connect(), 1)

    await assert_refused(ada, cursor)


@pytest.mark.gen_test(timeout=30)
async def test_a_cursor_that_the_backup_already_had_stays_valid(operator: Operator) -> None:
    people = await operator.start()
    ada = await people.enter("ada")
    await say(await ada.connect(), 2)
    cursor = await cursor_of(ada)
    backup = await operator.back_up()
    await say(await ada.connect(), 2)

    ada = same(ada, await operator.restore(backup))
    await say(await ada.connect(), 3)

    assert (await join(ada, cursor))["head"] == 5
    assert len((await changes(ada, cursor)).ok_json["messages"]) == 3


@pytest.mark.gen_test
@pytest.mark.parametrize("epoch", ["", "x", "0" * 22, "\N{GREEK SMALL LETTER ALPHA}" * 22], ids=repr)
async def test_an_epoch_that_the_database_does_not_know_is_refused(people: People, epoch: str) -> None:
    ada = await people.enter("ada")
    assert (await join(ada, {"after": 0, "epoch": epoch}))["code"] == "other_epoch"
    assert (await join(ada, {"after": 5}))["type"] == "joined"


@pytest.mark.gen_test
async def test_the_frames_and_the_changes_name_the_current_epoch(people: People, server: Server) -> None:
    ada = await people.enter("ada")
    socket = await ada.connect(join=None)
    current = server.app.conversations.history.epoch

    assert current
    assert (await socket.ask("join", conversation="#ting"))["epoch"] == current
    assert (await ada.changes(0))["epoch"] == current


@pytest.mark.gen_test
async def test_a_cursor_costs_no_query_in_the_same_epoch(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.enter("ada")
    await say(await ada.connect(), 1)
    cursor = await cursor_of(ada)
    monkeypatch.setattr(server.app.stores.messages, "_messages", None)

    await server.app.stores.messages.check_cursor("#ting", cursor["epoch"], cursor["after"])


def test_numbers_of_epochs_rise_though_the_clock_is_set_back() -> None:
    epochs = Epochs()
    first = epochs.begin(None, 2**42)
    second = epochs.begin(epochs.chain, 1_000)

    assert epochs.number_of(first) < epochs.number_of(second) == epochs.number
    assert epochs.current == second


@pytest.mark.parametrize("ids", [None, "x", ["x", 5], ["01a22faf-670d-7d8a-a8da-ab85b3ad7cce"]], ids=str)
def test_a_broken_chain_begins_anew(ids: object) -> None:
    epochs = Epochs()
    current = epochs.begin({"_id": CHAIN_ID, "ids": ids}, 1)
    assert epochs.chain["ids"] == [current]


def test_the_chain_has_a_bounded_length() -> None:
    epochs = Epochs()
    first = epochs.begin(None, 1)
    for _ in range(MAX_KEPT):
        epochs.begin(epochs.chain, 1)
    assert len(epochs.chain["ids"]) == MAX_KEPT
    assert first not in epochs.chain["ids"]
