"""Whose a draft is: others see its id, and cannot use it."""

import pytest

from tests.app_parts import register
from tests.client import message_id
from tests.fake_connection import FakeConnection
from ting.app import App
from ting.core.errors import IdTaken
from ting.core.models import Person

PATIENT = pytest.mark.gen_test(timeout=20)


async def here(app: App, person: Person) -> FakeConnection:
    """Somebody who has joined two channels."""
    ears = FakeConnection(person.name)
    ears.person = person
    app.realtime.presence.connect(ears)
    for conversation in ("#ting", "#music"):
        await app.conversations.subscriptions.join(ears, conversation)
    return ears


@PATIENT
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_nobody_sends_under_the_id_of_anothers_draft(app: App, conversation: str) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    app.conversations.subscriptions.draft(await here(app, ada), "#ting", id, "hel")
    await here(app, eve)

    with pytest.raises(IdTaken):
        await app.conversations.messages.send(eve, conversation, id, ".")
    await app.conversations.messages.send(eve, "#ting", message_id(), "mine")

    sent = await app.conversations.messages.send(ada, "#ting", id, "hello")
    assert (sent.position, sent.seq) == (1, 2)


@PATIENT
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_nobody_types_over_anothers_draft(app: App, conversation: str) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    typing, other = await here(app, ada), await here(app, eve)
    app.conversations.subscriptions.draft(typing, "#ting", id, "hello")

    with pytest.raises(IdTaken):
        app.conversations.subscriptions.draft(other, conversation, id, "goodbye")

    mine = (await app.conversations.subscriptions.join(typing, "#ting")).mine
    assert mine is not None
    assert (mine.id, mine.text) == (id, "hello")


@PATIENT
async def test_the_id_of_a_draft_that_was_given_up_is_free(app: App) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    typing = await here(app, ada)
    app.conversations.subscriptions.draft(typing, "#ting", id, "hello")
    app.conversations.subscriptions.draft(typing, "#ting", id, "")

    assert (await app.conversations.messages.send(eve, "#ting", id, "hello")).author == eve


@PATIENT
async def test_a_draft_under_the_id_of_a_message_takes_no_answer_from_its_author(app: App) -> None:
    ada, eve, id = await register(app, "ada"), await register(app, "eve"), message_id()
    sent = await app.conversations.messages.send(ada, "#ting", id, "hello")
    app.conversations.subscriptions.draft(await here(app, eve), "#music", id, "mine")

    assert await app.conversations.messages.send(ada, "#ting", id, "hello") == sent
