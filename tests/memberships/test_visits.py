"""Visits and read marks of one user from many connections: what they cost, and whom."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.app_parts import register
from tests.client import People, message_id
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.errors import TooMany
from ting.core.models import Entry, Membership, Person, UserId
from ting.memberships.entries import EntryBuilder
from ting.memberships.memberships import EntryChanges
from ting.memberships.visits import MAX_WAITING
from ting.server import Server
from ting.store.unread import UnreadCounter


class Builds:
    """Counts how often entries are built for a user, and holds the first one back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, user: UserId) -> None:
        self.count = 0
        self.first, self.may_go_on = asyncio.Event(), asyncio.Event()
        build = EntryBuilder.build

        async def counted(builder: EntryBuilder, of: UserId, memberships: Sequence[Membership]) -> list[Entry]:
            if of == user:
                self.count += 1
                self.first.set()
                await self.may_go_on.wait()
            return await build(builder, of, memberships)

        monkeypatch.setattr(EntryBuilder, "build", counted)


def listed(entries: Sequence[Entry]) -> list[str]:
    return [entry.conversation for entry in entries]


@pytest.mark.gen_test
async def test_repeated_visits_happen_once_and_others_do_not_wait(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    visit, builds = app.memberships.memberships.visit, Builds(monkeypatch, ada.id)
    visits = [asyncio.create_task(visit(ada.id, f"#{name}")) for _ in range(200) for name in ("tea", "Tea", "milk")]
    await builds.first.wait()

    assert (await visit(bob.id, "#tea")).conversation == "#tea"
    assert not any(task.done() for task in visits)

    builds.may_go_on.set()
    assert {entry.conversation for entry in await asyncio.gather(*visits)} == {"#tea", "#milk"}
    assert builds.count <= 3  # the one that had begun, and one of each channel
    assert listed(await app.memberships.memberships.list(ada.id)) == ["#milk", "#tea"]
    assert len(app.memberships.memberships._visits) == 0


@pytest.mark.gen_test
async def test_the_oldest_of_too_many_visits_are_dropped(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await register(app, "ada")
    visit, builds = app.memberships.memberships.visit, Builds(monkeypatch, ada.id)
    visits = [asyncio.create_task(visit(ada.id, "#first"))]
    await builds.first.wait()
    visits += [asyncio.create_task(visit(ada.id, f"#{number}")) for number in range(60)]
    await asyncio.sleep(0)
    builds.may_go_on.set()
    answers = await asyncio.gather(*visits, return_exceptions=True)

    newest = [f"#{number}" for number in range(60 - MAX_WAITING, 60)]
    assert [isinstance(answer, TooMany) for answer in answers] == [False] + [True] * (60 - MAX_WAITING) + [
        False
    ] * MAX_WAITING
    assert set(listed(await app.memberships.memberships.list(ada.id))) == {"#first", *newest}


@pytest.mark.gen_test
async def test_visits_from_many_sockets_of_one_user_cost_little(
    people: People, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.enter("ada")
    sockets = [await ada.connect(join=None) for _ in range(20)]
    builds = Builds(monkeypatch, ada.id)
    refs = [(socket, await socket.begin("visit", conversation="#tea")) for _ in range(20) for socket in sockets]
    await builds.first.wait()
    builds.may_go_on.set()
    answers = [await socket.answer(ref) for socket, ref in refs]

    assert {answer["type"] for answer in answers} == {"ack"}
    assert builds.count < len(refs) / 4


@pytest.mark.gen_test
async def test_of_many_read_marks_only_the_newest_is_counted(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    await app.memberships.memberships.update(bob.id, "#tea", EntryChanges())
    for number in range(40):
        await app.conversations.messages.send(ada, "#tea", message_id(), str(number))
    devices = [device(app, bob) for _ in range(3)]
    counted = 0
    count = UnreadCounter.count

    async def counting(counter: UnreadCounter, *arguments: object, **options: object) -> object:
        nonlocal counted
        counted += 1
        return await count(counter, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(UnreadCounter, "count", counting)
    reads = [app.memberships.memberships.read(devices[seq % 3], "#tea", seq) for seq in range(1, 40)]
    await asyncio.gather(*reads)

    assert 1 <= counted <= 3


def device(app: App, person: Person) -> FakeConnection:
    connection = FakeConnection(person.name)
    connection.person = person
    app.realtime.presence.connect(connection)
    return connection
