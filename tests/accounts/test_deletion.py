"""Leaving for good, on real parts without a network; and starting again in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.app_parts import CLIENT
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.accounts.deletion import AccountDeletion
from ting.app import App
from ting.core.errors import Busy, CloseCode
from ting.core.models import MessageDisposal, Person, User
from ting.store.users import UserStore


def departures(app: App, *erasers: Any) -> AccountDeletion:
    return AccountDeletion(
        app.stores.users,
        app.realtime,
        [*app.accounts.deletion.erasers, *erasers],
        app.conversations.messages.delete_all_of,
        second_pass_after_s=0.0,
    )


@asynccontextmanager
async def running(departures: AccountDeletion) -> AsyncIterator[None]:
    task = asyncio.create_task(departures.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def user_who_said(app: App, *texts: str) -> tuple[User, str]:
    user, token = await app.accounts.accounts.register("ada", CLIENT)
    for text in texts:
        await app.conversations.messages.send(user.person, "#ting", message_id(), text)
    return user, token


async def document(app: App, user: User) -> dict[str, Any]:
    found = await app.web.database.collection("users").find_one({"_id": user.id})
    assert found is not None
    return found


async def finished(app: App, user: User) -> None:
    while "leaving" in await document(app, user):
        await asyncio.sleep(0.01)


@pytest.mark.gen_test
@pytest.mark.parametrize(("traces", "left"), [("keep", ["one", "two"]), ("remove", ["", ""])])
async def test_of_somebody_who_left_only_what_they_want_stays(
    app: App, traces: MessageDisposal, left: list[str]
) -> None:
    ada, token = await user_who_said(app, "one", "two")
    leaving = departures(app)

    async with running(leaving):
        await leaving.delete(ada, traces)
        await finished(app, ada)

    page = (await app.conversations.history.before("bob", "#ting", None, 10)).messages
    assert [message.text for message in page] == left
    assert {message.author for message in page} == {Person(ada.id, "", former=True)}
    assert await document(app, ada) == {"_id": ada.id, "name": "", "created": ada.created, "used": ada.used}
    assert await app.accounts.sessions.find(token) is None
    assert await app.web.database.collection("sessions").count_documents({}) == 0
    again, _ = await app.accounts.accounts.register("ada", CLIENT)
    assert again.id != ada.id


@pytest.mark.gen_test
async def test_connections_close_and_everybody_is_told_before_anything_is_removed(app: App) -> None:
    ada, _ = await user_who_said(app, "one")
    mine, bobs = FakeConnection("ada"), FakeConnection("bob")
    mine.person = ada.person
    for ears in (mine, bobs):
        app.realtime.presence.connect(ears)
        await app.conversations.subscriptions.join(ears, "#ting")

    await departures(app).delete(ada, "remove")

    assert mine.closed is CloseCode.SESSION_ENDED
    assert bobs.received("person") == [{"type": "person", "person": {"id": ada.id, "name": "", "former": True}}]
    assert bobs.received("message") == []


@pytest.mark.gen_test
async def test_what_was_interrupted_is_finished_by_the_next_start(app: App) -> None:
    ada, _ = await user_who_said(app, *map(str, range(45)))
    removed = app.conversations.messages.delete
    count = 0

    async def dies(*args: Any) -> Any:
        nonlocal count
        count += 1
        if count > 25:
            await asyncio.Event().wait()
        return await removed(*args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app.conversations.messages, "delete", dies)
        first = departures(app)
        async with running(first):
            await first.delete(ada, "remove")
            await until(lambda: count > 25)
    assert await app.stores.messages.by_author(ada.id, after="", limit=1)
    assert await UserStore(app.web.database).pending_deletions() == [(ada.id, "remove")]

    async with running(departures(app)):
        await finished(app, ada)

    assert await app.stores.messages.by_author(ada.id, after="", limit=1) == []


@pytest.mark.gen_test
async def test_a_database_that_does_not_answer_is_asked_again(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ting.accounts.deletion.CHECK_EVERY_S", 0.01)
    ada, _ = await user_who_said(app, "one")
    tries = []

    async def fails_twice(user: str) -> None:
        tries.append(user)
        if len(tries) < 3:
            raise Busy

    leaving = departures(app, fails_twice)
    async with running(leaving):
        await leaving.delete(ada, "keep")
        await finished(app, ada)

    assert tries == [ada.id] * 4  # failed twice, then once, and once more when all has settled
