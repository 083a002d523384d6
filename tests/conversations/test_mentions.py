"""Which users a text mentions."""

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
def test_a_mention_may_end_where_a_word_ends(text: str, first: list[str]) -> None:
    assert next(candidates(text), []) == first


@pytest.mark.parametrize("text", ["", "bob", "ada@bob.example", "@ bob", "@", "a_@bob", "@\u4e00"])
def test_a_text_without_a_mention_has_no_candidates(text: str) -> None:
    assert list(candidates(text)) == []


def test_only_the_first_mentions_of_a_text_count() -> None:
    assert len(list(candidates("@x " * 1000))) == 20


@pytest.mark.gen_test
async def test_the_user_with_the_longest_matching_name_is_mentioned(app: App) -> None:
    ada, bob, longer, nikos = [await register(app, name) for name in ("ada", "bob", "bob.x", "Νίκος")]

    async def mentioned(text: str) -> list[str]:
        sent = await app.conversations.messages.send(ada, "#ting", message_id(), text)
        return (await app.conversations.history.get("eve-id", sent.id)).mentions

    assert await mentioned("@BOB, @νικος; @bob again") == [bob.id, nikos.id]
    assert await mentioned("see @bob.x.") == [longer.id]
    assert await mentioned("@bob.y") == [bob.id]
    assert await mentioned("@bobby, @nobody, @ada and ada@bob") == []
    assert await mentioned("@here, @bob") == [HERE, bob.id]


@pytest.mark.gen_test
async def test_here_is_a_mention_only_from_users_who_may_use_it(app: App) -> None:
    ada = await register(app, "ada")
    restrictions = Restrictions(lambda: 0)
    mentions = Mentions(app.stores.users, restrictions, here_for="moderators")

    assert await mentions.find(ada.id, "@here") == []
    restrictions.set(ada.id, User(id=ada.id, name="ada", created=0, used=0, role="moderator"), None)
    assert await mentions.find(ada.id, "@Here!") == [HERE]


@pytest.mark.gen_test
async def test_a_mention_adds_the_channel_to_the_list_of_the_mentioned_user(app: App) -> None:
    ada, bob = await register(app, "ada"), await register(app, "bob")
    await app.conversations.messages.send(ada, "#ting", message_id(), "before")

    for text in ("@bob", "not you", "@bob"):
        await app.conversations.messages.send(ada, "#ting", message_id(), text)

    (entry,) = await app.memberships.memberships.list(bob.id)
    assert (entry.conversation, entry.read, entry.unread, entry.mentions) == ("#ting", 1, 3, 2)
    assert entry.notify == default_notify("#ting") == "mentions"
    assert await app.memberships.memberships.list(ada.id) == []


@pytest.mark.gen_test
async def test_only_the_two_members_of_a_direct_conversation_can_be_mentioned_in_it(app: App) -> None:
    ada, bob, eve = [await register(app, name) for name in ("ada", "bob", "eve")]

    sent = await app.conversations.messages.send(
        ada, direct_id(ada.id, bob.id), message_id(), "@bob, ask @eve and @here"
    )

    assert sent.mentions == [bob.id]
    assert await app.memberships.memberships.list(eve.id) == []


@pytest.mark.gen_test
async def test_an_edit_changes_the_mentions_but_notifies_no_user(app: App) -> None:
    ada, bob, eve = [await register(app, name) for name in ("ada", "bob", "eve")]
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "@bob")

    edited = await app.conversations.messages.edit(ada, sent.id, "@eve")

    assert edited.mentions == [eve.id]
    assert await app.memberships.memberships.list(eve.id) == []
    assert (await app.memberships.memberships.list(bob.id))[0].mentions == 0
