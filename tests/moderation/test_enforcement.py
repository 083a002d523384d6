"""What the database says holds for those who are here, whatever happens while it is asked."""

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
async def test_who_signs_in_while_the_database_is_asked_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = Stores.of(database)
    realtime = RealtimeServices.build(stores, Settings(), lambda: 1)
    enforcement = Enforcement(stores, realtime, Restrictions(lambda: 1))
    presence, users, sessions, bans = realtime.presence, stores.users, stores.sessions, stores.bans
    await users.add(User(id="ada-id", name="ada", created=1, used=1), ["ada"])
    await sessions.add("old", "ada-id", CLIENT, 1)
    ended, old, new = FakeConnection("ada", "ended"), FakeConnection("ada", "old"), FakeConnection("ada", "new")
    for ears in (ended, old):
        presence.connect(ears)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(_: str) -> Any:
        asked.set()
        await answer.wait()

    monkeypatch.setattr(bans, "get", slow)
    before = presence.changes.count
    changed = asyncio.create_task(enforcement.apply("ada-id"))
    await asked.wait()
    assert presence.changes.any_since(before, "ada-id"), (
        "one who was let in before that, and is not here yet, asks anew"
    )
    presence.connect(new)
    answer.set()
    await changed

    assert [ears.closed for ears in (ended, old, new)] == [CloseCode.SESSION_ENDED, None, None]
    assert [len(ears.received("me")) for ears in (old, new)] == [1, 1]
