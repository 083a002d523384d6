"""Search: what the indexer brings into the index, and what is found there, by whom."""

import asyncio
import time
from typing import Any, cast

import pytest

from tests.app_parts import register
from tests.client import message_id
from ting.app import App
from ting.conversations.indexer import SHARE, Indexer
from ting.conversations.search import SearchQuery
from ting.core.errors import BadQuery, BadRequest, Busy, NoSuchConversation, UnknownName
from ting.core.models import Message, User
from ting.store import search as index
from ting.store.database import Database
from ting.store.messages import MessageStore
from ting.store.search import SearchIndexStore


class Library:
    """Conversations that can be searched, by people who have entered."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.words = app.stores.search_index
        self.users = app.stores.users
        self.search = app.conversations.search
        self.indexer = Indexer(app.stores.messages, self.words, share=1.0)
        app.realtime.journal.on_commit(self.indexer.on_commit)

    async def user(self, name: str) -> User:
        user = await self.users.get((await register(self.app, name)).id)
        assert user is not None
        return user

    async def say(self, user: User, *texts: str, conversation: str = "#ting") -> list[Message]:
        """Messages, in the index."""
        said = [
            await self.app.conversations.messages.send(user.person, conversation, message_id(), text) for text in texts
        ]
        await self.indexer.catch_up()
        return said

    async def found(self, reader: User, text: str, **more: Any) -> list[str]:
        """The texts that are found, in order, over all pages."""
        texts, cursor = [], None
        for _ in range(100):
            hits, cursor = await self.search.search(reader, SearchQuery(text, cursor=cursor, **more), 2)
            texts += [hit.message.text for hit in hits]
            if cursor is None:
                return texts
        raise AssertionError("the pages do not end")


@pytest.fixture
def library(app: App) -> Library:
    return Library(app)


@pytest.mark.gen_test
async def test_the_newest_come_first_page_by_page(library: Library) -> None:
    ada = await library.user("ada")
    texts = [f"Καλημέρα {number}" for number in range(7)]
    await library.say(ada, *texts, "something else")

    assert await library.found(ada, "ΚΑΛΗΜΕΡΑ") == texts[::-1]
    assert await library.found(ada, "καλη") == texts[::-1]
    assert await library.found(ada, "καλημέρα 3") == ["Καλημέρα 3"]
    assert await library.found(ada, "ημερα") == []


@pytest.mark.gen_test
async def test_what_matched_is_marked_in_code_points(library: Library) -> None:
    ada = await library.user("ada")
    await library.say(ada, "😀 Καλημέρα, καλέ μου Οδυσσεύς")

    hits, cursor = await library.search.search(ada, SearchQuery("καλ οδυσσευσ"), 10)

    assert [hit.marks for hit in hits] == [[(2, 5), (12, 15), (21, 29)]]
    assert cursor is None


@pytest.mark.gen_test
async def test_a_search_is_narrowed(library: Library) -> None:
    ada, bob = await library.user("ada"), await library.user("bob")
    first, second = await library.say(ada, "bread one", "bread two")
    await library.say(bob, "bread three", conversation="#music")

    assert await library.found(ada, "bread", conversation="#music") == ["bread three"]
    assert await library.found(ada, "bread", author="BOB") == ["bread three"]
    assert await library.found(ada, "bread", author="ada", conversation="#music") == []
    assert await library.found(ada, "bread", before=second.sent) == ["bread one"]
    assert await library.found(ada, "bread", after=second.sent) == ["bread three", "bread two"]
    assert await library.found(ada, "bread", after=first.sent, before=second.sent) == ["bread one"]


@pytest.mark.gen_test
async def test_only_its_two_people_find_what_is_in_a_private(library: Library) -> None:
    ada, bob, eve = [await library.user(name) for name in ("ada", "bob", "eve")]
    private = "@" + "~".join(sorted((ada.id, bob.id)))
    await library.say(ada, "the secret bread", conversation=private)
    await library.say(eve, "public bread")

    for reader in (ada, bob):
        assert await library.found(reader, "bread") == ["public bread", "the secret bread"]
        assert await library.found(reader, "bre", conversation=private) == ["the secret bread"]
        assert await library.found(reader, "secr bread") == ["the secret bread"]
    assert await library.found(eve, "bread") == ["public bread"]
    for query in ("secret", "secr", "secret bread", f"{ada.id} secret"):
        assert await library.found(eve, query) == []
    assert await library.found(eve, "secret", author="ada") == []
    with pytest.raises(NoSuchConversation):
        await library.found(eve, "secret", conversation=private)


@pytest.mark.gen_test
async def test_what_was_changed_is_found_as_it_now_is(library: Library) -> None:
    ada = await library.user("ada")
    edited, deleted = await library.say(ada, "bread", "milk")
    chat = library.app.conversations.messages

    await chat.edit(ada.person, edited.id, "honey")
    await chat.delete(ada.person, deleted.id)

    # Even before the index knows.
    assert await library.found(ada, "bread") == await library.found(ada, "milk") == []
    await library.indexer.catch_up()
    assert await library.found(ada, "bread") == await library.found(ada, "milk") == []
    assert await library.found(ada, "honey") == ["honey"]
    assert await library.app.web.database.collection("words").count_documents({}) == 1


class Killed(BaseException):
    """Nothing after it is carried out."""


class DyingDatabase:
    """A database whose client is killed after so many writes."""

    def __init__(self, database: Database, writes: int) -> None:
        self.database = database
        self.writes = writes

    def collection(self, name: str) -> Any:
        return DyingCollection(self, self.database.collection(name))


class DyingCollection:
    """A collection of a `DyingDatabase`."""

    def __init__(self, owner: DyingDatabase, collection: Any) -> None:
        self.owner = owner
        self.collection = collection

    def with_options(self, **options: Any) -> Any:
        return DyingCollection(self.owner, self.collection.with_options(**options))

    def __getattr__(self, method: str) -> Any:
        if method in ("bulk_write", "update_one"):
            if not self.owner.writes:
                raise Killed
            self.owner.writes -= 1
        return getattr(self.collection, method)


@pytest.mark.gen_test
async def test_nothing_is_lost_when_the_indexer_is_killed_at_any_point(library: Library) -> None:
    ada = await library.user("ada")
    texts = [f"bread {number}" for number in range(10)]

    def dying_after(writes: int) -> SearchIndexStore:
        return SearchIndexStore(cast(Database, DyingDatabase(library.app.web.database, writes)))

    for text in texts:
        await library.app.conversations.messages.send(ada.person, "#ting", message_id(), text)
    died = 0
    while await library.words.indexed("#ting") < len(texts):
        indexer = Indexer(library.app.stores.messages, dying_after(died), share=1.0, at_once=3)
        running = asyncio.create_task(indexer.run())
        while not running.done() and await library.words.indexed("#ting") < len(texts):
            await asyncio.sleep(0.01)
        if running.done():
            assert isinstance(running.exception(), Killed)
            died += 1
        running.cancel()

    assert died > 3  # in each step of a batch at least once
    assert await library.found(ada, "bread") == texts[::-1]


@pytest.mark.gen_test
async def test_the_indexer_goes_on_when_the_database_answers_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await library.user("ada")
    changes, failures = MessageStore.changes, 2

    async def failing(store: MessageStore, conversation: str, after: int, limit: int) -> list[Message]:
        nonlocal failures
        if failures:
            failures -= 1
            raise Busy
        return await changes(store, conversation, after, limit)

    monkeypatch.setattr(MessageStore, "changes", failing)
    monkeypatch.setattr("ting.conversations.indexer.AGAIN_S", 0.01)
    monkeypatch.setattr("ting.conversations.indexer.GATHERED_S", 0.01)
    running = asyncio.create_task(library.indexer.run())
    await library.app.conversations.messages.send(ada.person, "#ting", message_id(), "bread")

    while not await library.found(ada, "bread"):
        await asyncio.sleep(0.01)
    assert failures == 0
    running.cancel()


@pytest.mark.gen_test
async def test_a_search_that_looks_at_much_goes_on_on_the_next_page(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await library.user("ada")
    monkeypatch.setattr(index, "MAX_SCANNED", 3)
    monkeypatch.setattr(index, "MAX_ROUNDS", 2)
    await library.say(ada, "bread first", *["bread"] * 20, *["first"] * 21, "bread last")

    hits, cursor = await library.search.search(ada, SearchQuery("bread first"), 10)
    assert (hits, cursor is None) == ([], False)
    assert await library.found(ada, "bread first") == ["bread first"]


@pytest.mark.gen_test
async def test_of_a_beginning_that_many_words_share_the_most_frequent_are_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await library.user("ada")
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 3)
    await library.say(ada, "tea1", *["tea2"] * 2, *["tea3"] * 3, "tea")

    assert await library.found(ada, "tea") == ["tea", *["tea3"] * 3, *["tea2"] * 2]
    assert await library.found(ada, "tea1") == ["tea1"]


@pytest.mark.gen_test
async def test_a_bad_question_is_refused(library: Library) -> None:
    ada = await library.user("ada")

    for question, error in (
        (SearchQuery(""), BadQuery),
        (SearchQuery("… 😀 !"), BadQuery),
        (SearchQuery("x" * 201), BadQuery),
        (SearchQuery("a b c d e f g h i j k"), BadQuery),
        (SearchQuery("bread", cursor="x"), BadRequest),
        (SearchQuery("bread", cursor="00"), BadRequest),
        (SearchQuery("bread", author="nobody"), UnknownName),
        (SearchQuery("bread", conversation="@a~b"), NoSuchConversation),
    ):
        with pytest.raises(error):
            await library.search.search(ada, question, 10)


@pytest.mark.gen_test
async def test_a_search_never_sorts_in_memory(library: Library) -> None:
    """What makes a word that is everywhere as quick as a rare one: the index is walked in order."""
    ada = await library.user("ada")
    await library.say(ada, "bread and milk", "breads")
    words = library.app.web.database.collection("words")
    tokens = [f"bread{number}" for number in range(2 * index.MAX_EXPANSIONS)]

    plan = await words.find({"t": {"$in": tokens}, "_id": {"$lt": b"\xff" * 22}}).sort("_id", -1).hint("t_id").explain()

    assert "SORT_MERGE" in str(plan["queryPlanner"]["winningPlan"])
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


@pytest.mark.gen_test
async def test_while_more_is_said_than_can_be_indexed_the_indexer_rests_longer(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, rounds, takes_s = await library.user("ada"), 3, 0.005
    (said,) = await library.say(ada, "bread")
    indexer = Indexer(library.app.stores.messages, library.words, at_once=1)
    changes = iter([[said]] * rounds)

    async def flooded(store: MessageStore, conversation: str, after: int, limit: int) -> list[Message]:
        await asyncio.sleep(takes_s)
        more = next(changes, [])
        indexer.on_commit([said] * 100 * len(more))
        return more

    async def at_once(*arguments: Any) -> int:
        return 0

    monkeypatch.setattr(MessageStore, "changes", flooded)
    monkeypatch.setattr(SearchIndexStore, "indexed", at_once)
    monkeypatch.setattr(SearchIndexStore, "put", at_once)
    indexer.on_commit([said])
    started = time.monotonic()
    await indexer.catch_up()

    assert time.monotonic() - started > 2 * rounds * takes_s / SHARE
