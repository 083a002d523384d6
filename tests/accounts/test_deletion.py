"""Leaving for good, on real parts without a network; and starting again in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.app_parts import DEVICE, AppParts
from tests.client import message_id, until
from tests.fake_connection import FakeConnection
from ting.accounts.deletion import AccountDeletion
from ting.core.errors import Busy, CloseCode
from ting.core.models import MessageDisposal, Person, User
from ting.store.users import UserStore


def departures(backstage: AppParts, *erasers: Any) -> AccountDeletion:
    parts = vars(backstage.departures)
    return AccountDeletion(
        parts["_users"],
        backstage.presence,
        parts["_broadcaster"],
        backstage.chat,
        backstage.messages,
        [*parts["_erasers"], *erasers],
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


async def user_who_said(backstage: AppParts, *texts: str) -> tuple[User, str]:
    user, token = await backstage.accounts.register("ada", DEVICE)
    for text in texts:
        await backstage.chat.send(user.person, "#ting", message_id(), text)
    return user, token


async def document(backstage: AppParts, user: User) -> dict[str, Any]:
    found = await backstage.database.collection("users").find_one({"_id": user.id})
    assert found is not None
    return found


async def finished(backstage: AppParts, user: User) -> None:
    while "leaving" in await document(backstage, user):
        await asyncio.sleep(0.01)


@pytest.mark.gen_test
@pytest.mark.parametrize(("traces", "left"), [("keep", ["one", "two"]), ("remove", ["", ""])])
async def test_of_somebody_who_left_only_what_they_want_stays(
    backstage: AppParts, traces: MessageDisposal, left: list[str]
) -> None:
    ada, token = await user_who_said(backstage, "one", "two")
    leaving = departures(backstage)

    async with running(leaving):
        await leaving.delete(ada, traces)
        await finished(backstage, ada)

    page = (await backstage.reading.before("bob", "#ting", None, 10)).messages
    assert [message.text for message in page] == left
    assert {message.author for message in page} == {Person(ada.id, "", former=True)}
    assert await document(backstage, ada) == {"_id": ada.id, "name": "", "created": ada.created, "used": ada.used}
    assert await backstage.accounts.session(token, DEVICE) is None
    assert await backstage.database.collection("sessions").count_documents({}) == 0
    again, _ = await backstage.accounts.register("ada", DEVICE)
    assert again.id != ada.id


@pytest.mark.gen_test
async def test_connections_close_and_everybody_is_told_before_anything_is_removed(backstage: AppParts) -> None:
    ada, _ = await user_who_said(backstage, "one")
    mine, bobs = FakeConnection("ada"), FakeConnection("bob")
    mine.person = ada.person
    for ears in (mine, bobs):
        backstage.presence.connect(ears)
        await backstage.chat.join(ears, "#ting")

    await departures(backstage).delete(ada, "remove")

    assert mine.closed is CloseCode.SESSION_ENDED
    assert bobs.received("person") == [{"type": "person", "person": {"id": ada.id, "name": "", "former": True}}]
    assert bobs.received("message") == []


@pytest.mark.gen_test
async def test_what_was_interrupted_is_finished_by_the_next_start(backstage: AppParts) -> None:
    ada, _ = await user_who_said(backstage, *map(str, range(45)))
    removed = backstage.chat.delete
    count = 0

    async def dies(*args: Any) -> Any:
        nonlocal count
        count += 1
        if count > 25:
            await asyncio.Event().wait()
        return await removed(*args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backstage.chat, "delete", dies)
        first = departures(backstage)
        async with running(first):
            await first.delete(ada, "remove")
            await until(lambda: count > 25)
    assert await backstage.messages.by_author(ada.id, after="", limit=1)
    assert await UserStore(backstage.database).pending_deletions() == [(ada.id, "remove")]

    async with running(departures(backstage)):
        await finished(backstage, ada)

    assert await backstage.messages.by_author(ada.id, after="", limit=1) == []


@pytest.mark.gen_test
async def test_a_database_that_does_not_answer_is_asked_again(
    backstage: AppParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ting.accounts.deletion.CHECK_EVERY_S", 0.01)
    ada, _ = await user_who_said(backstage, "one")
    tries = []

    async def fails_twice(user: str) -> None:
        tries.append(user)
        if len(tries) < 3:
            raise Busy

    leaving = departures(backstage, fails_twice)
    async with running(leaving):
        await leaving.delete(ada, "keep")
        await finished(backstage, ada)

    assert tries == [ada.id] * 4  # failed twice, then once, and once more when all has settled
