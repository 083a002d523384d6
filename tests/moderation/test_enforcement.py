"""The state in the database is applied to open connections, even if they change while it is read."""

import asyncio
from typing import Any

import pytest

from tests.app_parts import CLIENT
from tests.fake_connection import FakeConnection
from ting.core.errors import CloseCode
from ting.core.models import User
from ting.core.settings import Settings
from ting.moderation.enforcement import Enforcement
from ting.moderation.restrictions import Restrictions
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.stores import Stores


@pytest.mark.gen_test
async def test_a_connection_opened_while_the_database_is_read_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores.of(database)
    realtime = RealtimeServices.build(stores, Settings(), lambda: 1)
    enforcement = Enforcement(stores, realtime, Restrictions(lambda: 1))
    presence, users, sessions, bans = realtime.presence, stores.users, stores.sessions, stores.bans
    await users.add(User(id="ada-id", name="ada", created=1, used=1), ["ada"])
    await sessions.add("old", "ada-id", CLIENT, 1)
    ended, old, new = FakeConnection("ada", "ended"), FakeConnection("ada", "old"), FakeConnection("ada", "new")
    for connection in (ended, old):
        presence.connect(connection)
    reading, may_return = asyncio.Event(), asyncio.Event()

    async def slow_get(_: str) -> Any:
        reading.set()
        await may_return.wait()

    monkeypatch.setattr(bans, "get", slow_get)
    before = presence.changes.count
    applying = asyncio.create_task(enforcement.apply("ada-id"))
    await reading.wait()
    assert presence.changes.any_since(before, "ada-id"), (
        "a connection authenticated before the change, and not open yet, checks again"
    )
    presence.connect(new)
    may_return.set()
    await applying

    assert [connection.closed for connection in (ended, old, new)] == [CloseCode.SESSION_ENDED, None, None]
    assert [len(connection.received("me")) for connection in (old, new)] == [1, 1]
