"""Whose a draft is: others see its id, and cannot use it."""

import pytest

from tests.app_parts import AppParts
from tests.client import message_id
from tests.fake_connection import FakeConnection
from ting.core.errors import IdTaken
from ting.core.models import Person

PATIENT = pytest.mark.gen_test(timeout=20)


async def here(backstage: AppParts, person: Person) -> FakeConnection:
    """Somebody who has joined two channels."""
    ears = FakeConnection(person.name)
    ears.person = person
    backstage.presence.connect(ears)
    for conversation in ("#ting", "#music"):
        await backstage.chat.join(ears, conversation)
    return ears


@PATIENT
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_nobody_sends_under_the_id_of_anothers_draft(backstage: AppParts, conversation: str) -> None:
    ada, eve, id = await backstage.person("ada"), await backstage.person("eve"), message_id()
    backstage.chat.draft(await here(backstage, ada), "#ting", id, "hel")
    await here(backstage, eve)

    with pytest.raises(IdTaken):
        await backstage.chat.send(eve, conversation, id, ".")
    await backstage.chat.send(eve, "#ting", message_id(), "mine")

    sent = await backstage.chat.send(ada, "#ting", id, "hello")
    assert (sent.position, sent.seq) == (1, 2)


@PATIENT
@pytest.mark.parametrize("conversation", ["#ting", "#music"])
async def test_nobody_types_over_anothers_draft(backstage: AppParts, conversation: str) -> None:
    ada, eve, id = await backstage.person("ada"), await backstage.person("eve"), message_id()
    typing, other = await here(backstage, ada), await here(backstage, eve)
    backstage.chat.draft(typing, "#ting", id, "hello")

    with pytest.raises(IdTaken):
        backstage.chat.draft(other, conversation, id, "goodbye")

    mine = (await backstage.chat.join(typing, "#ting")).mine
    assert mine is not None
    assert (mine.id, mine.text) == (id, "hello")


@PATIENT
async def test_the_id_of_a_draft_that_was_given_up_is_free(backstage: AppParts) -> None:
    ada, eve, id = await backstage.person("ada"), await backstage.person("eve"), message_id()
    typing = await here(backstage, ada)
    backstage.chat.draft(typing, "#ting", id, "hello")
    backstage.chat.draft(typing, "#ting", id, "")

    assert (await backstage.chat.send(eve, "#ting", id, "hello")).author == eve


@PATIENT
async def test_a_draft_under_the_id_of_a_message_takes_no_answer_from_its_author(backstage: AppParts) -> None:
    ada, eve, id = await backstage.person("ada"), await backstage.person("eve"), message_id()
    sent = await backstage.chat.send(ada, "#ting", id, "hello")
    backstage.chat.draft(await here(backstage, eve), "#music", id, "mine")

    assert await backstage.chat.send(ada, "#ting", id, "hello") == sent
