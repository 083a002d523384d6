"""The id of a draft belongs to its author. Other users see it and cannot use it."""

import pytest

from tests.app_parts import register
from tests.client import message_id
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.errors import IdTaken
from ting.core.models import Person

MORE_TIME = pytest.mark.gen_test(timeout=20)


async def connect(app: App, person: Person) -> FakeConnection:
    """Return a connection of this user that has joined two channels."""
    connection = FakeConnection(person.name)
    connection.person = person
    app.realtime.presence.connect(connection)
    for conversation in ("#ting", "#music"):
        await app.conversations.subscriptions.join(connection, conversation)
    return connection


@MORE_TIME
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_sending_with_the_id_of_another_users_draft_is_refused(app: App, conversation: str) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    app.conversations.subscriptions.draft(await connect(app, ada), "#ting", id, "hel")
    await connect(app, eve)

    with pytest.raises(IdTaken):
        await app.conversations.messages.send(eve, conversation, id, ".")
    await app.conversations.messages.send(eve, "#ting", message_id(), "mine")

    sent = await app.conversations.messages.send(ada, "#ting", id, "hello")
    assert (sent.position, sent.seq) == (1, 2)


@MORE_TIME
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_a_draft_with_the_id_of_another_users_draft_is_refused(app: App, conversation: str) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    typing, other = await connect(app, ada), await connect(app, eve)
    app.conversations.subscriptions.draft(typing, "#ting", id, "hello")

    with pytest.raises(IdTaken):
        app.conversations.subscriptions.draft(other, conversation, id, "goodbye")

    mine = (await app.conversations.subscriptions.join(typing, "#ting")).mine
    assert mine is not None
    assert (mine.id, mine.text) == (id, "hello")


@MORE_TIME
async def test_the_id_of_an_emptied_draft_can_be_used(app: App) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    typing = await connect(app, ada)
    app.conversations.subscriptions.draft(typing, "#ting", id, "hello")
    app.conversations.subscriptions.draft(typing, "#ting", id, "")

    assert (await app.conversations.messages.send(eve, "#ting", id, "hello")).author == eve


@MORE_TIME
async def test_a_draft_with_the_id_of_a_message_does_not_break_the_authors_retry(app: App) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    sent = await app.conversations.messages.send(ada, "#ting", id, "hello")
    app.conversations.subscriptions.draft(await connect(app, eve), "#music", id, "mine")

    assert await app.conversations.messages.send(ada, "#ting", id, "hello") == sent
