"""Who is called in a text."""

import pytest

from tests.app_parts import register
from tests.client import message_id
from ting.app import App
from ting.conversations.mentions import Mentions, candidates
from ting.core.conversation_ids import direct_id
from ting.core.models import HERE, User
from ting.memberships.entries import default_notify
from ting.moderation.restrictions import Restrictions


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("@bob", ["bob"]),
        ("hi @bob, and", ["bob,", "bob"]),
        ("(@bob)", ["bob)", "bob"]),
        ("@bob's", ["bob's", "bob"]),
        ("@Νίκος!", ["Νίκος!", "Νίκος"]),
        ("@Νι\u0301κος", ["Νίκος"]),
        ("@bob\u4e00", []),
        ("@" + "x" * 21, []),
        ("@b.o.b", ["b.o.b", "b.o", "b"]),
    ],
)
def test_a_call_may_end_where_a_word_ends(text: str, first: list[str]) -> None:
    assert next(candidates(text), []) == first


@pytest.mark.parametrize("text", ["", "bob", "ada@bob.example", "@ bob", "@", "a_@bob", "@\u4e00"])
def test_without_a_call_there_is_none(text: str) -> None:
    assert list(candidates(text)) == []


def test_of_many_calls_only_the_first_are_looked_at() -> None:
    assert len(list(candidates("@x " * 1000))) == 20


@pytest.mark.gen_test
async def test_whoever_has_the_longest_name_that_fits_is_called(app: App) -> None:
    ada, bob, longer, nikos = [await register(app, name) for name in ("ada", "bob", "bob.x", "Νίκος")]

    async def called(text: str) -> list[str]:
        sent = await app.conversations.messages.send(ada, "#ting", message_id(), text)
        return (await app.conversations.history.get("eve-id", sent.id)).mentions

    assert await called("@BOB, @νικος; @bob again") == [bob.id, nikos.id]
    assert await called("see @bob.x.") == [longer.id]
    assert await called("@bob.y") == [bob.id]
    assert await called("@bobby, @nobody, @ada and ada@bob") == []
    assert await called("@here, @bob") == [HERE, bob.id]


@pytest.mark.gen_test
async def test_everybody_is_called_by_those_alone_who_may(app: App) -> None:
    ada = await register(app, "ada")
    standing = Restrictions(lambda: 0)
    mentions = Mentions(app.stores.users, standing, here_for="moderators")

    assert await mentions.find(ada.id, "@here") == []
    standing.set(ada.id, User(id=ada.id, name="ada", created=0, used=0, role="moderator"), None)
    assert await mentions.find(ada.id, "@Here!") == [HERE]


@pytest.mark.gen_test
async def test_who_is_called_finds_the_channel_in_their_list(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    await app.conversations.messages.send(ada, "#ting", message_id(), "before")

    for text in ("@bob", "not you", "@bob"):
        await app.conversations.messages.send(ada, "#ting", message_id(), text)

    (entry,) = await app.memberships.memberships.list(bob.id)
    assert (entry.conversation, entry.read, entry.unread, entry.mentions) == ("#ting", 1, 3, 2)
    assert entry.notify == default_notify("#ting") == "mentions"
    assert await app.memberships.memberships.list(ada.id) == []


@pytest.mark.gen_test
async def test_nobody_but_the_two_is_called_in_a_private(app: App) -> None:
    ada, bob, eve = [await register(app, name) for name in ("ada", "bob", "eve")]

    sent = await app.conversations.messages.send(
        ada, direct_id(ada.id, bob.id), message_id(), "@bob, ask @eve and @here"
    )

    assert sent.mentions == [bob.id]
    assert await app.memberships.memberships.list(eve.id) == []


@pytest.mark.gen_test
async def test_an_edit_changes_who_is_called_but_is_no_news(app: App) -> None:
    ada, bob, eve = [await register(app, name) for name in ("ada", "bob", "eve")]
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "@bob")

    edited = await app.conversations.messages.edit(ada, sent.id, "@eve")

    assert edited.mentions == [eve.id]
    assert await app.memberships.memberships.list(eve.id) == []
    assert (await app.memberships.memberships.list(bob.id))[0].mentions == 0
