"""Deleting an account, below the web layer: what is removed, and continuing after an interruption."""

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


def account_deletion(app: App, *erasers: Any) -> AccountDeletion:
    """Return a deletion that waits for nothing between its two passes."""
    return AccountDeletion(
        app.stores,
        app.realtime,
        [*app.accounts.deletion.erasers, *erasers],
        app.conversations.messages.delete_all_of,
        app.conversations.leftovers.remove_all_of,
        lambda: 1,
        second_pass_after_s=0.0,
    )


@asynccontextmanager
async def running(deletion: AccountDeletion) -> AsyncIterator[None]:
    task = asyncio.create_task(deletion.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def register_and_send(app: App, *texts: str) -> tuple[User, str]:
    user, token = await app.accounts.accounts.register("ada", CLIENT)
    for text in texts:
        await app.conversations.messages.send(user.person, "#ting", message_id(), text)
    return user, token


async def document(app: App, user: User) -> dict[str, Any]:
    found = await app.web.database.collection("users").find_one({"_id": user.id})
    assert found is not None
    return found


async def finished(app: App, user: User) -> None:
    """Wait until the deletion is finished. It goes on while the database answers each read."""
    while "leaving" in await document(app, user):
        pass


@pytest.mark.gen_test
@pytest.mark.parametrize(("disposal", "texts"), [("keep", ["one", "two"]), ("remove", ["", ""])])
async def test_of_a_deleted_user_only_the_messages_are_kept_if_wanted(
    app: App, disposal: MessageDisposal, texts: list[str]
) -> None:
    ada, token = await register_and_send(app, "one", "two")
    deletion = account_deletion(app)

    async with running(deletion):
        await deletion.delete(ada, disposal)
        await finished(app, ada)

    page = (await app.conversations.history.before("bob", "#ting", None, 10)).messages
    assert [message.text for message in page] == texts
    assert {message.author for message in page} == {Person(ada.id, "", former=True)}
    assert await document(app, ada) == {"_id": ada.id, "name": "", "created": ada.created, "used": ada.used}
    assert await app.accounts.sessions.find(token) is None
    assert await app.web.database.collection("sessions").count_documents({}) == 0
    again, _ = await app.accounts.accounts.register("ada", CLIENT)
    assert again.id != ada.id


@pytest.mark.gen_test
async def test_connections_close_and_other_users_are_notified_before_anything_is_removed(app: App) -> None:
    ada, _ = await register_and_send(app, "one")
    adas, bobs = FakeConnection("ada"), FakeConnection("bob")
    adas.person = ada.person
    for connection in (adas, bobs):
        app.realtime.presence.connect(connection)
        await app.conversations.subscriptions.join(connection, "#ting")

    await account_deletion(app).delete(ada, "remove")

    assert adas.closed is CloseCode.SESSION_ENDED
    assert bobs.received("person") == [{"type": "person", "person": {"id": ada.id, "name": "", "former": True}}]
    assert bobs.received("message") == []


@pytest.mark.gen_test
async def test_an_interrupted_deletion_is_finished_after_the_next_start(app: App) -> None:
    ada, _ = await register_and_send(app, *map(str, range(45)))
    delete = app.conversations.messages.delete
    count = 0

    async def delete_or_hang(*args: Any) -> Any:
        nonlocal count
        count += 1
        if count > 25:
            await asyncio.Event().wait()
        return await delete(*args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app.conversations.messages, "delete", delete_or_hang)
        first = account_deletion(app)
        async with running(first):
            await first.delete(ada, "remove")
            await until(lambda: count > 25)
    assert await app.stores.messages.by_author(ada.id, after="", limit=1)
    assert await UserStore(app.web.database).pending_deletions() == [(ada.id, "remove")]

    async with running(account_deletion(app)):
        await finished(app, ada)

    assert await app.stores.messages.by_author(ada.id, after="", limit=1) == []


@pytest.mark.gen_test
async def test_a_deletion_is_retried_until_the_database_answers(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ting.accounts.deletion.CHECK_EVERY_S", 0.01)
    ada, _ = await register_and_send(app, "one")
    tries = []

    async def fail_twice(user: str) -> None:
        tries.append(user)
        if len(tries) < 3:
            raise Busy

    deletion = account_deletion(app, fail_twice)
    async with running(deletion):
        await deletion.delete(ada, "keep")
        await finished(app, ada)

    assert tries == [ada.id] * 4  # failed twice, succeeded, and ran once more in the second pass


@pytest.mark.gen_test
async def test_a_deletion_that_has_to_wait_does_not_hold_up_others(app: App) -> None:
    ada, _ = await register_and_send(app)
    bob, _ = await app.accounts.accounts.register("bob", CLIENT)

    async def fail_for_ada(user: str) -> None:
        if user == ada.id:
            raise Busy

    deletion = account_deletion(app, fail_for_ada)
    await deletion.delete(ada, "keep")
    await deletion.delete(bob, "keep")
    async with running(deletion):
        await finished(app, bob)

    assert "leaving" in await document(app, ada)
