"""What plugins are tested with behaves like what they run on: every answer of both is the same."""

import random
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from tests.app_parts import register
from ting.app import App
from ting.commands.ports import KeyValues
from ting.commands.runtime.memory_ports import Memory, MemoryKeyValues, MemoryPeople, MemoryTaskQueue
from ting.commands.storage import MAX_KEY_CHARS, MAX_VALUE_BYTES, Store, StoreFull
from ting.core.errors import BadName, Refused
from ting.core.message_ids import new_id
from ting.core.models import ScheduledTask
from ting.store.database import Database
from ting.store.plugins import TaskStore, ValueStore
from ting.store.users import UserStore

START = 1_900_000_000_000


class Watch:
    """A clock that is moved."""

    def __init__(self) -> None:
        self.now = START


async def inside(work: Any) -> Any:
    return await work


def store(values: KeyValues, watch: Watch, plugin: str = "dice") -> Store:
    return Store(values, plugin, lambda: watch.now, inside)


@pytest.mark.gen_test(timeout=30)
async def test_values_are_kept_alike_in_memory_and_in_the_database(database: Database) -> None:
    chosen, watch = random.Random(7), Watch()
    kept = [
        store(values, watch, plugin)
        for values in (MemoryKeyValues(), ValueStore(database))
        for plugin in ("dice", "tea")
    ]
    keys = ["a", "a b", "a/b", "β", "😀", "b"]
    values: list[Any] = [0, 1, -5, 2**62, True, "x", "1", [1, {"z": 1, "a": None}], 1.5, {}]

    async def scanned(one: Store, prefix: str) -> list[Any]:
        return [pair async for pair in one.scan(prefix)]

    async def answer(one: Store, act: str, key: str, value: Any, expires: timedelta | None) -> Any:
        try:
            match act:
                case "set":
                    return await one.set(key, value, expires=expires)
                case "get":
                    return await one.get(key, "nothing")
                case "delete":
                    return await one.delete(key)
                case "increment":
                    return await one.increment(key, value if type(value) is int else 1)
                case "swap":
                    return await one.compare_and_set(key, value, "swapped", expires=expires)
                case "put":
                    return await one.compare_and_set(key, None, value, expires=expires)
                case _:
                    return await scanned(one, key[:1])
        except ValueError as error:
            return str(error)

    for _ in range(250):
        act = chosen.choice(["set", "get", "delete", "increment", "swap", "put", "scan"])
        key, value = chosen.choice(keys), chosen.choice(values)
        expires = chosen.choice([None, None, timedelta(seconds=chosen.randrange(1, 20))])
        which = chosen.randrange(2)
        in_memory, in_database = [await answer(one, act, key, value, expires) for one in kept[which::2]]
        assert in_memory == in_database, (act, key, value, expires)
        watch.now += chosen.randrange(3_000)


@pytest.mark.gen_test
async def test_what_cannot_be_kept_is_refused(database: Database) -> None:
    for values in (MemoryKeyValues(), ValueStore(database)):
        kept = store(values, Watch())
        for key in ("", "x" * (MAX_KEY_CHARS + 1), "\0"):
            with pytest.raises(ValueError, match="A key must be a string of 1 to 200 characters"):
                await kept.set(key, 1)
        for value in (None, object(), "x" * MAX_VALUE_BYTES, b"\xff" * MAX_VALUE_BYTES):
            with pytest.raises(ValueError, match=r"None cannot be stored|cannot be stored as JSON|can have at most"):
                await kept.set("key", value)
        with pytest.raises(ValueError, match="is not a 64-bit whole number"):
            await kept.increment("key", 2**63)


@pytest.mark.gen_test
async def test_a_plugin_keeps_no_more_than_it_may(database: Database) -> None:
    kept = store(ValueStore(database, max_keys=3), Watch())
    for key in "abc":
        await kept.set(key, key)
    await store(ValueStore(database, max_keys=3), Watch(), "other").set("a", 1)

    with pytest.raises(StoreFull, match="The plugin dice has reached its limit of 3 keys"):
        await kept.increment("d")
    await kept.delete("a")
    await kept.set("d", "there is room again")

    assert [key async for key, _ in kept.scan()] == ["b", "c", "d"]


@pytest.mark.gen_test
async def test_what_is_planned_is_kept_alike(app: App) -> None:
    ada = await register(app, "ada")
    database = app.web.database
    answers = []
    jobs = [
        ScheduledTask(new_id(START), plugin, "task", START + due, b'{"n":1}', ada, "#ting")
        for plugin, due in (("dice", 30), ("dice", 10), ("tea", 20))
    ]
    for agenda in (MemoryTaskQueue(), TaskStore(database, UserStore(database))):
        for job in jobs:
            await agenda.schedule(job)
        await agenda.record_run("dice", "hourly", 5)
        await agenda.record_run("dice", "hourly", 6)
        await agenda.switch("dice", False)
        await agenda.switch("tea", False)
        await agenda.switch("tea", True)
        answers.append(
            [
                await agenda.due(START + 20, ["dice", "tea"], 10),
                await agenda.due(START + 30, ["dice"], 1),
                await agenda.next_due(["dice"]),
                await agenda.next_due([]),
                await agenda.count("dice"),
                await agenda.postpone(jobs[1].id, START + 40),
                await agenda.due(START + 40, ["dice"], 10),
                await agenda.remove(jobs[1].id),
                await agenda.remove(jobs[1].id),
                await agenda.postpone(jobs[1].id, START + 50),
                await agenda.next_due(["dice"]),
                dict(await agenda.last_runs()),
                dict(await agenda.switches()),
            ]
        )

    assert answers[0] == answers[1]
    assert answers[0][0] == [jobs[1], jobs[2]]


@pytest.mark.gen_test
async def test_people_are_found_alike(app: App) -> None:
    ada = await register(app, "ada")
    services = app.commands.services
    memory = MemoryPeople()
    memory.persons[ada.id] = ada
    for people in (memory, services.people):
        assert await people.find("ADA") == ada
        assert await people.find("bob") is None
        assert await people.person(ada.id) == ada
        assert await people.permission(ada.id) == "everyone"
        assert not people.is_online(ada.id)
        persona = await people.plugin_user("dice")
        assert (persona.id, persona.name) == ("plugin-dice", "dice bot")
        with pytest.raises(BadName):
            await people.find("no name")
    assert await app.accounts.accounts.starting_with("d", 10) == []


@pytest.mark.gen_test
async def test_speaking_and_acting_are_alike(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    memory = Memory()
    memory.people.persons |= {ada.id: ada, bob.id: bob}
    answers = []
    for services in (memory.services, app.commands.services):
        voice, acts = services.messaging, services.actions
        id, other = new_id(START), new_id(START)

        async def refused(work: Awaitable[object]) -> str:
            try:
                await work
            except Refused as refusal:
                return refusal.code
            return ""

        said = await voice.send(ada, "#ting", id, "one\r\ntwo", kind="action", via="roll")
        again = await voice.send(ada, "#ting", id, "a retry", kind="text", via="roll")
        edited = await voice.edit(said, "three")
        found = await voice.get(id)
        deleted = await voice.delete(edited)
        persona = await services.people.plugin_user("dice")
        by_itself = await voice.send(persona, "#ting", new_id(START), "hello", kind="text", via="dice")
        private = await acts.send_direct(ada, bob, other, "psst", "msg")
        await acts.change_topic(ada, "#ting", "tea")
        answers.append(
            [
                (said.text, said.kind, said.via, said.author, said.conversation, said.first == said.seq),
                again.text,
                (edited.text, edited.edited is not None, edited.first == said.first),
                found.text if found else None,
                (deleted.text, deleted.deleted is not None),
                await voice.get(new_id(START)),
                await voice.get(id),
                by_itself.author.name,
                (private.text, private.conversation),
                await acts.topic("#ting"),
                await refused(voice.send(bob, "#ting", id, "mine", kind="text", via="roll")),
                await refused(voice.send(ada, "#ting", new_id(START), " ", kind="text", via="roll")),
                await refused(voice.edit(private, "x" * 5_000)),
                await refused(acts.kick(ada, bob, "#ting", "")),
                await refused(acts.rename(bob, "ADA")),
                (await acts.rename(bob, "rob")).name,
                voice.notify("nobody", "#ting", "1", "hello"),
            ]
        )

    assert answers[0] == answers[1]
