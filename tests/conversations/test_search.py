"""Search: what the indexer writes to the index, and which users find it."""

import asyncio
import time
from typing import Any, cast

import pytest

from tests.client import message_id
from tests.conversations.searchable import SearchableChat
from ting.app import App
from ting.conversations.indexer import SHARE, Change, Indexer
from ting.conversations.search import SearchQuery
from ting.core.errors import BadQuery, BadRequest, Busy, NoSuchConversation, UnknownName
from ting.store import search as index
from ting.store.database import Database
from ting.store.messages import MessageStore
from ting.store.search import SearchIndexStore


@pytest.fixture
def chat(app: App) -> SearchableChat:
    return SearchableChat(app)


@pytest.mark.gen_test
async def test_hits_are_returned_newest_first_in_pages(chat: SearchableChat) -> None:
    ada = await chat.user("ada")
    texts = [f"Καλημέρα {number}" for number in range(7)]
    await chat.send(ada, *texts, "something else")

    assert await chat.find(ada, "ΚΑΛΗΜΕΡΑ") == texts[::-1]
    assert await chat.find(ada, "καλη") == texts[::-1]
    assert await chat.find(ada, "καλημέρα 3") == ["Καλημέρα 3"]
    assert await chat.find(ada, "ημερα") == []


@pytest.mark.gen_test
async def test_matches_are_marked_in_code_points(chat: SearchableChat) -> None:
    ada = await chat.user("ada")
    await chat.send(ada, "😀 Καλημέρα, καλέ μου Οδυσσεύς")

    hits, cursor = await chat.search.search(ada, SearchQuery("καλ οδυσσευσ"), 10)

    assert [hit.marks for hit in hits] == [[(2, 5), (12, 15), (21, 29)]]
    assert cursor is None


@pytest.mark.gen_test
async def test_a_search_can_be_filtered_by_conversation_author_and_time(chat: SearchableChat) -> None:
    ada, bob = await chat.user("ada"), await chat.user("bob")
    first, second = await chat.send(ada, "bread one", "bread two")
    await chat.send(bob, "bread three", conversation="#music")

    assert await chat.find(ada, "bread", conversation="#music") == ["bread three"]
    assert await chat.find(ada, "bread", author="BOB") == ["bread three"]
    assert await chat.find(ada, "bread", author="ada", conversation="#music") == []
    assert await chat.find(ada, "bread", before=second.sent) == ["bread one"]
    assert await chat.find(ada, "bread", after=second.sent) == ["bread three", "bread two"]
    assert await chat.find(ada, "bread", after=first.sent, before=second.sent) == ["bread one"]


@pytest.mark.gen_test
async def test_only_the_two_members_find_messages_of_a_direct_conversation(chat: SearchableChat) -> None:
    ada, bob, eve = [await chat.user(name) for name in ("ada", "bob", "eve")]
    direct = "@" + "~".join(sorted((ada.id, bob.id)))
    await chat.send(ada, "the secret bread", conversation=direct)
    await chat.send(eve, "public bread")

    for reader in (ada, bob):
        assert await chat.find(reader, "bread") == ["public bread", "the secret bread"]
        assert await chat.find(reader, "bre", conversation=direct) == ["the secret bread"]
        assert await chat.find(reader, "secr bread") == ["the secret bread"]
    assert await chat.find(eve, "bread") == ["public bread"]
    for query in ("secret", "secr", "secret bread", f"{ada.id} secret"):
        assert await chat.find(eve, query) == []
    assert await chat.find(eve, "secret", author="ada") == []
    with pytest.raises(NoSuchConversation):
        await chat.find(eve, "secret", conversation=direct)


@pytest.mark.gen_test
async def test_a_changed_message_is_found_only_by_its_present_text(chat: SearchableChat) -> None:
    ada = await chat.user("ada")
    edited, deleted = await chat.send(ada, "bread", "milk")
    messages = chat.app.conversations.messages

    await messages.edit(ada.person, edited.id, "honey")
    await messages.delete(ada.person, deleted.id)

    # Even before the index is updated.
    assert await chat.find(ada, "bread") == await chat.find(ada, "milk") == []
    await chat.indexer.catch_up()
    assert await chat.find(ada, "bread") == await chat.find(ada, "milk") == []
    assert await chat.find(ada, "honey") == ["honey"]
    assert await chat.app.web.database.collection("words").count_documents({}) == 1


class Killed(BaseException):
    """Raised in place of a write that a killed client no longer makes."""


class DyingDatabase:
    """A database whose client is killed after a number of writes."""

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
        if method in ("bulk_write", "update_one", "delete_many"):
            if not self.owner.writes:
                raise Killed
            self.owner.writes -= 1
        return getattr(self.collection, method)


def dying_after(chat: SearchableChat, writes: int) -> SearchIndexStore:
    return SearchIndexStore(cast(Database, DyingDatabase(chat.app.web.database, writes)))


async def killed(chat: SearchableChat, writes: int) -> bool:
    """Index #ting with a client that is killed after a number of writes. Return whether it was."""
    indexer = Indexer(chat.app.stores.messages, dying_after(chat, writes), share=1.0)
    indexer.on_commit((await chat.app.stores.messages.page("#ting", None, 1))[0])
    try:
        await indexer.catch_up()
    except Killed:
        return True
    return False


@pytest.mark.gen_test(timeout=60)
async def test_the_vocabulary_has_all_words_and_no_others_after_kills(chat: SearchableChat) -> None:
    """The texts change between a kill and the next start, which then finds other words than it had begun to write."""
    ada = await chat.user("ada")
    messages, database = chat.app.conversations.messages, chat.app.web.database
    deaths = 0
    for writes in range(12):
        ids = [message_id() for _ in range(4)]
        for number, id in enumerate(ids):
            await messages.send(ada.person, "#ting", id, f"first{writes} common {number} word{number}{writes}")
        deaths += await killed(chat, writes)
        await messages.edit(ada.person, ids[0], f"second{writes} common")
        await messages.delete(ada.person, ids[1])
        deaths += await killed(chat, writes)
        await messages.edit(ada.person, ids[2], f"third{writes}")
        await messages.delete(ada.person, ids[3])
        await chat.indexer.catch_up()

        vocabulary = set(await database.collection("vocabulary").distinct("_id"))
        assert vocabulary == set(await database.collection("words").distinct("t")), writes
        assert await chat.find(ada, f"second{writes}") == [f"second{writes} common"]
    assert deaths > 6


@pytest.mark.gen_test
async def test_nothing_is_lost_when_the_indexer_is_killed_at_any_point(chat: SearchableChat) -> None:
    ada = await chat.user("ada")
    texts = [f"bread {number}" for number in range(10)]

    for text in texts:
        await chat.app.conversations.messages.send(ada.person, "#ting", message_id(), text)
    died = 0
    while await chat.index.indexed("#ting") < len(texts):
        indexer = Indexer(chat.app.stores.messages, dying_after(chat, died), share=1.0, at_once=3)
        running = asyncio.create_task(indexer.run())
        while not running.done() and await chat.index.indexed("#ting") < len(texts):
            await asyncio.sleep(0.01)
        if running.done():
            assert isinstance(running.exception(), Killed)
            died += 1
        running.cancel()

    assert died > 3  # at least once in each step of a batch
    assert await chat.find(ada, "bread") == texts[::-1]


@pytest.mark.gen_test
async def test_the_indexer_continues_once_the_database_answers_again(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await chat.user("ada")
    changes, failures = MessageStore.changed_texts, 2

    async def failing(store: MessageStore, conversation: str, after: int, limit: int) -> list[Change]:
        nonlocal failures
        if failures:
            failures -= 1
            raise Busy
        return await changes(store, conversation, after, limit)

    monkeypatch.setattr(MessageStore, "changed_texts", failing)
    monkeypatch.setattr("ting.conversations.indexer.RETRY_S", 0.01)
    monkeypatch.setattr("ting.conversations.indexer.BATCH_WINDOW_S", 0.01)
    running = asyncio.create_task(chat.indexer.run())
    await chat.app.conversations.messages.send(ada.person, "#ting", message_id(), "bread")

    while not await chat.find(ada, "bread"):
        await asyncio.sleep(0.01)
    assert failures == 0
    running.cancel()


@pytest.mark.gen_test
async def test_a_search_that_scans_many_entries_continues_on_the_next_page(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await chat.user("ada")
    monkeypatch.setattr(index, "MAX_SCANNED", 3)
    monkeypatch.setattr(index, "MAX_ROUNDS", 2)
    await chat.send(ada, "bread first", *["bread"] * 20, *["first"] * 21, "bread last")

    hits, cursor = await chat.search.search(ada, SearchQuery("bread first"), 10)
    assert (hits, cursor is None) == ([], False)
    assert await chat.find(ada, "bread first") == ["bread first"]


@pytest.mark.gen_test
async def test_a_prefix_of_many_words_matches_the_most_frequent_ones(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await chat.user("ada")
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 3)
    await chat.send(ada, "tea1", *["tea2"] * 2, *["tea3"] * 3, "tea")

    assert await chat.find(ada, "tea") == ["tea", *["tea3"] * 3, *["tea2"] * 2]
    assert await chat.find(ada, "tea1") == ["tea1"]


@pytest.mark.gen_test
async def test_a_bad_query_is_refused(chat: SearchableChat) -> None:
    ada = await chat.user("ada")

    for query, error in (
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
            await chat.search.search(ada, query, 10)


@pytest.mark.gen_test
async def test_a_search_never_sorts_in_memory(chat: SearchableChat) -> None:
    """The index is read in order. This makes a frequent word as fast to find as a rare one."""
    ada = await chat.user("ada")
    await chat.send(ada, "bread and milk", "breads")
    words = chat.app.web.database.collection("words")
    tokens = [f"bread{number}" for number in range(2 * index.MAX_EXPANSIONS)]

    plan = await words.find({"t": {"$in": tokens}, "_id": {"$lt": b"\xff" * 22}}).sort("_id", -1).hint("t_id").explain()

    assert "SORT_MERGE" in str(plan["queryPlanner"]["winningPlan"])
    assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


@pytest.mark.gen_test
async def test_an_overloaded_indexer_rests_longer(chat: SearchableChat, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, rounds, takes_s = await chat.user("ada"), 3, 0.005
    (sent,) = await chat.send(ada, "bread")
    indexer = Indexer(chat.app.stores.messages, chat.index, at_once=1)
    (change,) = await chat.app.stores.messages.changed_texts("#ting", 0, 1)
    changes = iter([[change]] * rounds)

    async def flooded(store: MessageStore, conversation: str, after: int, limit: int) -> list[Change]:
        await asyncio.sleep(takes_s)
        more = next(changes, [])
        indexer.on_commit([sent] * 100 * len(more))
        return more

    async def at_once(*arguments: Any) -> int:
        return 0

    monkeypatch.setattr(MessageStore, "changed_texts", flooded)
    monkeypatch.setattr(SearchIndexStore, "indexed", at_once)
    monkeypatch.setattr(SearchIndexStore, "put", at_once)
    indexer.on_commit([sent])
    started = time.monotonic()
    await indexer.catch_up()

    assert time.monotonic() - started > 2 * rounds * takes_s / SHARE
