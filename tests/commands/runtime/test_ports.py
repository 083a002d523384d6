"""The ports in memory, with which plugins are tested, give the same answers as those of the server."""

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


class ManualClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START


async def run(work: Any) -> Any:
    return await work


def store(values: KeyValues, clock: ManualClock, plugin: str = "dice") -> Store:
    return Store(values, plugin, lambda: clock.now, run)


@pytest.mark.gen_test(timeout=30)
async def test_values_are_stored_alike_in_memory_and_in_the_database(database: Database) -> None:
    rng, clock = random.Random(7), ManualClock()
    stores = [
        store(values, clock, plugin)
        for values in (MemoryKeyValues(), ValueStore(database))
        for plugin in ("dice", "tea")
    ]
    keys = ["a", "a b", "a/b", "β", "😀", "b"]
    values: list[Any] = [0, 1, -5, 2**62, True, "x", "1", [1, {"z": 1, "a": None}], 1.5, {}]

    async def scan(store: Store, prefix: str) -> list[Any]:
        return [pair async for pair in store.scan(prefix)]

    async def answer(store: Store, operation: str, key: str, value: Any, expires: timedelta | None) -> Any:
        try:
            match operation:
                case "set":
                    return await store.set(key, value, expires=expires)
                case "get":
                    return await store.get(key, "nothing")
                case "delete":
                    return await store.delete(key)
                case "increment":
                    return await store.increment(key, value if type(value) is int else 1)
                case "swap":
                    return await store.compare_and_set(key, value, "swapped", expires=expires)
                case "put":
                    return await store.compare_and_set(key, None, value, expires=expires)
                case _:
                    return await scan(store, key[:1])
        except ValueError as error:
            return str(error)

    for _ in range(250):
        operation = rng.choice(["set", "get", "delete", "increment", "swap", "put", "scan"])
        key, value = rng.choice(keys), rng.choice(values)
        expires = rng.choice([None, None, timedelta(seconds=rng.randrange(1, 20))])
        plugin = rng.randrange(2)
        in_memory, in_database = [await answer(store, operation, key, value, expires) for store in stores[plugin::2]]
        assert in_memory == in_database, (operation, key, value, expires)
        clock.now += rng.randrange(3_000)


@pytest.mark.gen_test
async def test_invalid_keys_and_values_are_refused(database: Database) -> None:
    for values in (MemoryKeyValues(), ValueStore(database)):
        plugin_store = store(values, ManualClock())
        for key in ("", "x" * (MAX_KEY_CHARS + 1), "\0"):
            with pytest.raises(ValueError, match="A key must be a string of 1 to 200 characters"):
                await plugin_store.set(key, 1)
        for value in (None, object(), "x" * MAX_VALUE_BYTES, b"\xff" * MAX_VALUE_BYTES):
            with pytest.raises(ValueError, match=r"None cannot be stored|cannot be stored as JSON|can have at most"):
                await plugin_store.set("key", value)
        for expires in (timedelta(), timedelta(seconds=-1)):
            with pytest.raises(ValueError, match="use a positive timedelta"):
                await plugin_store.set("key", 1, expires=expires)
            with pytest.raises(ValueError, match="use a positive timedelta"):
                await plugin_store.compare_and_set("key", None, 1, expires=expires)
        with pytest.raises(ValueError, match="is not a 64-bit whole number"):
            await plugin_store.increment("key", 2**63)


@pytest.mark.gen_test
async def test_a_plugin_cannot_store_more_keys_than_its_limit(database: Database) -> None:
    plugin_store = store(ValueStore(database, max_keys=3), ManualClock())
    for key in "abc":
        await plugin_store.set(key, key)
    await store(ValueStore(database, max_keys=3), ManualClock(), "other").set("a", 1)

    with pytest.raises(StoreFull, match="The plugin dice has reached its limit of 3 keys"):
        await plugin_store.increment("d")
    await plugin_store.delete("a")
    await plugin_store.set("d", "there is room again")

    assert [key async for key, _ in plugin_store.scan()] == ["b", "c", "d"]


@pytest.mark.gen_test
async def test_scheduled_tasks_are_stored_alike(app: App) -> None:
    ada = await register(app, "ada")
    database = app.web.database
    answers = []
    jobs = [
        ScheduledTask(new_id(START), plugin, "task", START + due, b'{"n":1}', ada, "#ting")
        for plugin, due in (("dice", 30), ("dice", 10), ("tea", 20))
    ]
    for tasks in (MemoryTaskQueue(), TaskStore(database, UserStore(database))):
        for job in jobs:
            await tasks.schedule(job)
        await tasks.record_run("dice", "hourly", 5)
        await tasks.record_run("dice", "hourly", 6)
        await tasks.switch("dice", False)
        await tasks.switch("tea", False)
        await tasks.switch("tea", True)
        answers.append(
            [
                await tasks.due(START + 20, ["dice", "tea"], 10),
                await tasks.due(START + 30, ["dice"], 1),
                await tasks.next_due(["dice"]),
                await tasks.next_due([]),
                await tasks.count("dice"),
                await tasks.postpone(jobs[1].id, START + 40),
                await tasks.due(START + 40, ["dice"], 10),
                await tasks.remove(jobs[1].id),
                await tasks.remove(jobs[1].id),
                await tasks.postpone(jobs[1].id, START + 50),
                await tasks.next_due(["dice"]),
                dict(await tasks.last_runs()),
                dict(await tasks.switches()),
            ]
        )

    assert answers[0] == answers[1]
    assert answers[0][0] == [jobs[1], jobs[2]]


@pytest.mark.gen_test
async def test_users_are_found_alike(app: App) -> None:
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
        plugin_user = await people.plugin_user("dice")
        assert (plugin_user.id, plugin_user.name) == ("plugin-dice", "dice bot")
        with pytest.raises(BadName):
            await people.find("no name")
    assert await app.accounts.accounts.starting_with("d", 10) == []


@pytest.mark.gen_test
async def test_messages_and_actions_are_alike(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    memory = Memory()
    memory.people.persons |= {ada.id: ada, bob.id: bob}
    answers = []
    for services in (memory.services, app.commands.services):
        messaging, actions = services.messaging, services.actions
        id, other = new_id(START), new_id(START)

        async def refusal_code(work: Awaitable[object]) -> str:
            try:
                await work
            except Refused as refusal:
                return refusal.code
            return ""

        sent = await messaging.send(ada, "#ting", id, "one\r\ntwo", kind="action", via="roll")
        retried = await messaging.send(ada, "#ting", id, "a retry", kind="text", via="roll")
        edited = await messaging.edit(sent, "three")
        found = await messaging.get(id)
        deleted = await messaging.delete(edited)
        plugin_user = await services.people.plugin_user("dice")
        by_plugin = await messaging.send(plugin_user, "#ting", new_id(START), "hello", kind="text", via="dice")
        direct = await actions.send_direct(ada, bob, other, "psst", "msg")
        await actions.change_topic(ada, "#ting", "tea")
        answers.append(
            [
                (sent.text, sent.kind, sent.via, sent.author, sent.conversation, sent.first == sent.seq),
                retried.text,
                (edited.text, edited.edited is not None, edited.first == sent.first),
                found.text if found else None,
                (deleted.text, deleted.deleted is not None),
                await messaging.get(new_id(START)),
                await messaging.get(id),
                by_plugin.author.name,
                (direct.text, direct.conversation),
                await actions.topic("#ting"),
                await refusal_code(messaging.send(bob, "#ting", id, "mine", kind="text", via="roll")),
                await refusal_code(messaging.send(ada, "#ting", new_id(START), " ", kind="text", via="roll")),
                await refusal_code(messaging.edit(direct, "x" * 5_000)),
                await refusal_code(actions.kick(ada, bob, "#ting", "")),
                await refusal_code(actions.rename(bob, "ADA")),
                (await actions.rename(bob, "rob")).name,
                messaging.notify("nobody", "#ting", "1", "hello"),
            ]
        )

    assert answers[0] == answers[1]
