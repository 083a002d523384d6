"""Messages that a user may not see do not exist for their searches: neither in the answers nor in their cost."""

import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from tests.conversations.searchable import Cost, SearchableChat, profiled
from ting.app import App
from ting.conversations.search import SearchQuery
from ting.core.models import User
from ting.store import search as index

PASSWORD = "zephyrqueen"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def chat(app: App) -> SearchableChat:
    return SearchableChat(app)


async def found(chat: SearchableChat, reader: User, text: str, **more: Any) -> tuple[list[str], str | None]:
    """The texts and the cursor of one page of hits."""
    hits, cursor = await chat.search.search(reader, SearchQuery(text, **more), 100)
    return [hit.message.text for hit in hits], cursor


@pytest.mark.gen_test(timeout=60)
async def test_counting_own_words_does_not_reveal_a_word_of_others(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker fills the expansions of a prefix. A private word with that prefix would take the place of one."""
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 5)
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    await chat.send(ada, *[PASSWORD] * 3, conversation=chat.direct(ada, bob))

    known = PASSWORD[:2]
    for letter in ALPHABET[-6:] + ALPHABET[:6]:
        decoys = [f"{known}{letter}{decoy}" for decoy in "01234"]
        await chat.send(eve, *decoys)
        texts, cursor = await found(chat, eve, known + letter)
        assert (sorted(texts), cursor) == (decoys, None), letter


@pytest.mark.gen_test(timeout=60)
async def test_a_word_of_others_costs_as_much_as_a_word_that_does_not_exist(chat: SearchableChat) -> None:
    """The attacker guesses letter by letter, and compares what the database does."""
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    await chat.send(ada, *[f"the key is {PASSWORD}"] * 30, conversation=chat.direct(ada, bob))
    await chat.send(ada, "a public word", "the public key is public")
    await chat.send(eve, "my public word", "zzz")  # the last word of all, so that all guesses have the same neighbours

    assert (await found(chat, eve, "public"))[0] != []  # afterwards, the authors are cached
    async with profiled(chat.app) as run:
        for length in range(1, len(PASSWORD)):
            costs = {}
            for letter in {PASSWORD[length], "q", "x", "j"}:
                guess = PASSWORD[:length] + letter
                queries = [SearchQuery(guess), SearchQuery(f"public {guess}"), SearchQuery(guess, author="ada")]
                costs[letter] = [(await run(partial(chat.search.search, eve, query, 20))) for query in queries]
            right = costs.pop(PASSWORD[length])
            assert all(wrong == right for wrong in costs.values()), length


def queries(ada: User, bob: User) -> list[SearchQuery]:
    """Searches for private words, beginnings of them, and public words, with all filters."""
    texts = [PASSWORD, PASSWORD[:2], PASSWORD[0], "wo", f"wo {PASSWORD[:3]}", "私密", "私"]
    filters: list[dict[str, Any]] = [{}, {"author": "ada"}, {"author": "bob", "conversation": "#ting"}, {"after": 1}]
    return [SearchQuery(text, **more) for text, more in itertools.product(texts, filters)]


@pytest.mark.gen_test(timeout=120)
async def test_private_messages_change_neither_answers_nor_costs_of_others(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also at the limits: of expansions, of words that are read for them, and of messages that are scanned."""
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 4)
    monkeypatch.setattr("ting.store.vocabulary.MAX_READ", 6)
    monkeypatch.setattr(index, "MAX_SCANNED", 5)
    monkeypatch.setattr(index, "MAX_ROUNDS", 2)
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    await chat.send(ada, *[f"word{number} of words, {PASSWORD[:2]}{number}" for number in range(8)])
    await chat.send(bob, *["word"] * 12, "私有")

    async def results() -> list[tuple[Any, Cost]]:
        await found(chat, eve, PASSWORD[:2])
        await found(chat, eve, "wo", author="bob")  # afterwards, all authors of public messages are cached
        async with profiled(chat.app) as run:
            return [await run(partial(chat.search.search, eve, query, 3)) for query in queries(ada, bob)]

    before = await results()
    for number in range(20):
        texts = [f"{PASSWORD} word{number}", f"{PASSWORD}{number} wo{number}", "私密私密", f"{PASSWORD[0]}"]
        await chat.send(ada, *texts, conversation=chat.direct(ada, bob))
        await chat.send(bob, *texts, conversation=chat.direct(ada, bob))
    after = await results()

    assert sum(cost.keys for _, cost in before) > 0
    for query, one, other in zip(queries(ada, bob), before, after, strict=True):
        assert one == other, query
    assert (await found(chat, bob, PASSWORD[:4]))[0] != []


def other_reads(chat: SearchableChat, eve: User) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What eve can ask for besides searching: completion, directory, lists, unread counts, history."""
    app = chat.app
    return {
        "users": partial(app.accounts.accounts.starting_with, "", 20),
        "users with a prefix": partial(app.accounts.accounts.starting_with, "a", 20),
        "directory": partial(app.conversations.channels.directory, "", 20),
        "channels": partial(app.conversations.channels.directory, "t", 20),
        "list": partial(app.memberships.memberships.list, eve.id),
        "history": partial(app.conversations.history.before, eve.id, "#ting", None, 20),
        "changes": partial(app.conversations.history.changes, eve.id, "#ting", 0, 20),
        "card": partial(app.accounts.profiles.card, "ada", eve),
    }


@pytest.mark.gen_test(timeout=60)
async def test_private_messages_change_nothing_else_that_others_can_ask_for(chat: SearchableChat) -> None:
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    await chat.send(ada, "hello @eve", "hello")
    await chat.send(ada, "hello eve", conversation=chat.direct(ada, eve))
    # A scan of an index may meet one entry of the next conversation. It is the same for all that follow.
    await chat.send(ada, "hello bob", conversation=chat.direct(ada, bob))
    await chat.app.memberships.memberships.visit(eve.id, "#ting")
    await chat.app.conversations.channels.flush()

    async def results() -> dict[str, tuple[Any, Cost]]:
        reads = other_reads(chat, eve)
        for read in reads.values():
            await read()  # afterwards, what they need is cached
        async with profiled(chat.app) as run:
            return {name: await run(read) for name, read in reads.items()}

    before = await results()
    for number in range(20):
        await chat.send(ada, f"{PASSWORD} @eve {number} @here", conversation=chat.direct(ada, bob))
        await chat.send(bob, f"{PASSWORD} @eve {number} @here", conversation=chat.direct(ada, bob))
    after = await results()

    for name, found in before.items():
        assert found == after[name], name
