"""Which users a text mentions."""

import json
import re
import tempfile
from pathlib import Path
from random import Random

import pytest

from tests.app_parts import register
from tests.client import message_id
from tests.documentation import javascript
from ting.app import App
from ting.conversations.mentions import MAX_MENTIONED, MAX_NAMES, MAX_RANGES, MAX_READINGS, Mentions, candidates
from ting.core.conversation_ids import direct_id
from ting.core.models import HERE, User
from ting.memberships.entries import default_notify
from ting.moderation.restrictions import Restrictions

CASES = json.loads((Path(__file__).parents[1] / "fixtures" / "mentions.json").read_text())


def names(text: str) -> list[list[str]]:
    """The possible names of each mention in a text."""
    return [[reading.name for reading in candidate.readings] for candidate in candidates(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@bob", [["bob"]]),
        ("hi @bob, and", [["bob,", "bob"]]),
        ("(@bob)", [["bob)", "bob"]]),
        ("@bob's", [["bob's", "bob"]]),
        ("@Νίκος!", [["Νίκος!", "Νίκος"]]),
        ("@Νι\u0301κος", [["Νίκος"]]),
        ("@bob\u4e00", [["bob"]]),
        ("@" + "x" * 21, []),
        ("@b.o.b", [["b.o.b", "b.o", "b"]]),
        ("@a" + "\u0301" * 2000, []),
    ],
)
def test_a_mention_may_end_where_a_word_ends(text: str, found: list[list[str]]) -> None:
    assert names(text) == found


@pytest.mark.parametrize("text", ["", "bob", "ada@bob.example", "@ bob", "@", "a_@bob", "@\u4e00", "`@bob`"])
def test_a_text_without_a_mention_has_no_candidates(text: str) -> None:
    assert candidates(text) == []


@pytest.mark.parametrize("part", ["@", "@x ", "@a1", "@a.b.c.d.e.f ", "@\u03ac", "@a\u0301", "_@", "@_", "@a@"])
def test_the_work_for_one_text_is_bounded(part: str) -> None:
    found = candidates(part * (4000 // len(part)))

    assert sum(len(candidate.readings) for candidate in found) <= MAX_READINGS
    assert len({reading.name for candidate in found for reading in candidate.readings}) <= MAX_NAMES


@pytest.mark.gen_test
async def test_mentions_are_found_where_the_client_highlights_them(app: App) -> None:
    users = {name: await register(app, name) for name in CASES["users"]}
    mentions = Mentions(app.stores.users, app.moderation.restrictions)

    for marked in (text for case in CASES["cases"] for text in case["texts"]):
        text = re.sub("[⟦⟧]", "", marked)
        found = await mentions.find(users[CASES["author"]].id, text)
        for mention in reversed(found):
            text = f"{text[: mention.start]}⟦{text[mention.start : mention.end]}⟧{text[mention.end :]}"
        assert text == marked


# What texts are made of to see whether the server and the client find the same code and addresses in them.
FRAGMENTS = [*"`@_*~> \n\\.,)(:<a一。、", "``", "```", "````", "```js\n", "\n```\n", "\n> ", "\n- ", "@bob", "@ann@bob"]
FRAGMENTS += ["https://", "https://x.example/", "mailto:", "x@bob", "http", "\u200b", "😀", "@bob```\n", "  ```\n"]


def test_the_client_draws_no_mention_as_code_or_link() -> None:
    random = Random(7)
    texts = ["".join(random.choices(FRAGMENTS, k=random.randint(2, 24))) for _ in range(3000)]
    found = [[[item.start, item.start + 1, "id"] for item in candidates(text)] for text in texts]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([texts, found], file)
        file.flush()
        drawn = javascript(
            "text/markup.js",
            f"""(([texts, found]) => texts.map((text, number) =>
                JSON.stringify(module.parse(text, {{ mentionRanges: found[number] }})).split('"mention"').length - 1
            ))(JSON.parse(process.getBuiltinModule("node:fs").readFileSync({json.dumps(file.name)}, "utf8")))""",
        )
    for text, places, count in zip(texts, found, drawn, strict=True):
        assert count == len(places), text


@pytest.mark.gen_test
async def test_the_limit_counts_different_users(app: App) -> None:
    ada, ann = await register(app, "ada"), await register(app, "ann")
    bobs = [await register(app, f"bob{number}") for number in range(MAX_MENTIONED)]
    mentions = Mentions(app.stores.users, app.moderation.restrictions)

    async def mentioned(text: str) -> list[str]:
        return [*dict.fromkeys(mention.who for mention in await mentions.find(ada.id, text))]

    assert await mentioned("@bob1 " * 200 + "@ann") == [bobs[1].id, ann.id]
    assert await mentioned("".join(f"@nobody{number} " for number in range(50)) + "@ann") == [ann.id]
    assert await mentioned("".join(f"@bob{number} " for number in range(MAX_MENTIONED)) + "@ann") == [
        bob.id for bob in bobs
    ]
    assert len(await mentions.find(ada.id, "@bob1 " * 600)) == MAX_RANGES


@pytest.mark.gen_test
async def test_the_ranges_are_stored_and_follow_edits(app: App) -> None:
    ada, bob, eve = [await register(app, name) for name in ("ada", "bob", "eve")]
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "😀 @bob `@eve` @bob")
    assert (sent.mentions, sent.mention_ranges) == ([bob.id], [(2, 6, bob.id), (14, 18, bob.id)])
    assert (await app.conversations.history.get(ada.id, sent.id)).mention_ranges == sent.mention_ranges

    edited = await app.conversations.messages.edit(ada, sent.id, "@eve")
    assert (edited.mentions, edited.mention_ranges) == ([eve.id], [(0, 4, eve.id)])
    plain = await app.conversations.messages.edit(ada, sent.id, "none")
    assert (plain.mentions, plain.mention_ranges) == ([], [])
    gone = await app.conversations.messages.delete(
        ada, (await app.conversations.messages.edit(ada, sent.id, "@bob")).id
    )
    assert (gone.mentions, gone.mention_ranges) == ([], [])


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

    assert await mentions.find(ada.id, "@here") == []  # plain text
    restrictions.set(ada.id, User(id=ada.id, name="ada", created=0, used=0, role="moderator"), None)
    assert await mentions.find(ada.id, "@Here!") == [(0, 5, HERE)]


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

    assert (sent.mentions, sent.mention_ranges) == ([bob.id], [(0, 4, bob.id)])
    assert await app.memberships.memberships.list(eve.id) == []


@pytest.mark.gen_test
async def test_an_edit_changes_the_mentions_but_notifies_no_user(app: App) -> None:
    ada, bob, eve, fred = [await register(app, name) for name in ("ada", "bob", "eve", "fred")]
    await app.memberships.memberships.visit(fred.id, "#ting")
    sent = await app.conversations.messages.send(ada, "#ting", message_id(), "@bob")

    async def counts(user: str) -> list[tuple[int, int]]:
        return [(entry.unread, entry.mentions) for entry in await app.memberships.memberships.list(user)]

    edited = await app.conversations.messages.edit(ada, sent.id, "@eve and @fred")

    assert edited.mentions == [eve.id, fred.id]
    assert await counts(eve.id) == []
    # An unread message counts by what it says now.
    assert await counts(bob.id) == [(1, 0)]
    assert await counts(fred.id) == [(1, 1)]
