"""What one search may cost, whatever is searched for and whatever others have written."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import message_id, until
from tests.conversations.searchable import SearchableChat, profiled
from ting.app import App
from ting.conversations import indexer, search, tokenizer
from ting.conversations.search import SearchQuery
from ting.core.errors import BadQuery
from ting.core.models import MAX_TEXT_CHARS
from ting.store import search as index
from ting.store import vocabulary


@pytest.fixture
def chat(app: App) -> SearchableChat:
    return SearchableChat(app)


@pytest.mark.gen_test
async def test_a_page_of_long_messages_ends_early_and_is_continued(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await chat.user("ada")
    texts = [f"bread {number} ".ljust(MAX_TEXT_CHARS, "ﷺ") for number in range(12)]
    await chat.send(ada, *texts)
    compared: list[int] = []
    turns: list[int] = []
    turn, highlight = 0, tokenizer.highlight

    def recording(text: str, wanted: Sequence[tokenizer.Term]) -> list[tokenizer.Span]:
        compared.append(len(text))
        turns.append(turn)
        return highlight(text, wanted)

    async def count_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(tokenizer, "highlight", recording)
    other = asyncio.create_task(count_turns())
    found: list[str] = []
    cursor: str | None = None
    while len(found) < len(texts):
        hits, cursor = await chat.search.search(ada, SearchQuery("bread", cursor=cursor), 100)
        found += [hit.message.text for hit in hits]
        assert 0 < sum(compared) <= search.MAX_PAGE_CHARS + MAX_TEXT_CHARS
        compared.clear()
    other.cancel()

    assert (found, cursor) == (texts[::-1], None)
    assert len(set(turns)) == len(turns)  # another task ran after each message


@pytest.mark.gen_test
async def test_long_messages_are_indexed_a_few_at_a_time(chat: SearchableChat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "MAX_BATCH_CHARS", 1_000)
    ada = await chat.user("ada")
    batches: list[int] = []
    put = chat.index.put

    async def recording(conversation: str, entries: Sequence[index.IndexEntry], seq: int) -> None:
        batches.append(len(entries))
        await put(conversation, entries, seq)

    monkeypatch.setattr(chat.index, "put", recording)
    messages = chat.app.conversations.messages
    texts = ["bread ".ljust(length, "x") for length in (400, 400, 400, 4000, 5, 5)]
    for text in texts:
        await messages.send(ada.person, "#ting", message_id(), text)
    await chat.indexer.catch_up()

    assert batches == [2, 1, 1, 2]
    assert len(await chat.find(ada, "bread")) == len(texts)


LETTERS = st.text("abc日本ﷺ㌖ ", min_size=1, max_size=search.MAX_QUERY_CHARS)


@pytest.mark.gen_test(timeout=120)
async def test_a_search_reads_a_bounded_number_of_entries(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more words, messages and matches than the limits allow."""
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 5)
    monkeypatch.setattr(index, "MAX_SCANNED", 20)
    monkeypatch.setattr(index, "MAX_ROUNDS", 2)
    monkeypatch.setattr(vocabulary, "MAX_READ", 30)
    ada, bob = await chat.user("ada"), await chat.user("bob")
    words = [f"{first}{second}{number}" for first in "abc" for second in "abc" for number in range(12)]
    for start in range(0, len(words), 6):
        text = " ".join(words[start : start + 6]) + " 日本日 本日本 ﷺ㌖"
        await chat.send(ada, text)
        await chat.send(ada, text, conversation=chat.direct(ada, bob))
    limit = 3
    # Exact tokens, words with the prefixes, and twice per round the messages scanned by up to 2 * 5 tokens.
    tokens = 2 * search.MAX_TERMS * tokenizer.MAX_PAIRS
    merged = 2 * 5
    bound = 2 * tokens + 2 * (30 + search.MAX_TERMS) + 2 * 2 * (20 * merged + merged) + 3 * limit
    queries: list[str] = []

    @settings(database=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(LETTERS)
    def collect(text: str) -> None:
        queries.append(text)

    collect()
    async with profiled(chat.app) as run:
        for text in [*queries, "a b", "aa ab ac ba bb bc ca cb cc ab1", "日 本 aa", "日本" * 100, "日 " * 10]:
            try:
                (hits, _), cost = await run(partial(chat.search.search, ada, SearchQuery(text), limit))
            except BadQuery:
                continue
            assert len(hits) <= limit
            assert cost.queries <= 1 + 2 * 2 + 3, text
            assert cost.keys + cost.documents <= bound, text


@pytest.mark.gen_test
async def test_the_most_frequent_words_with_a_prefix_are_chosen_among_those_read(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MAX_EXPANSIONS", 1)
    monkeypatch.setattr(vocabulary, "MAX_READ", 2 * 3)
    ada = await chat.user("ada")
    await chat.send(ada, "teaa", *["teab"] * 2, "teac", *["tead"] * 3)

    assert await chat.find(ada, "tea") == ["teab"] * 2


@pytest.mark.gen_test
async def test_one_user_does_not_keep_others_from_searching(
    chat: SearchableChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, eve = await chat.user("ada"), await chat.user("eve")
    await chat.send(ada, "bread")
    find, released, running = chat.index.find, asyncio.Event(), 0

    async def slow(query: index.IndexQuery, limit: int) -> index.IndexPage:
        nonlocal running
        if query.reader == eve.id:
            running += 1
            await released.wait()
        return await find(query, limit)

    monkeypatch.setattr(chat.index, "find", slow)
    searches = [asyncio.create_task(chat.find(eve, "bread")) for _ in range(2 * search.MAX_CONCURRENT_SEARCHES)]
    await until(lambda: running)

    assert await chat.find(ada, "bread") == ["bread"]
    assert running == 1
    released.set()
    assert await asyncio.gather(*searches) == [["bread"]] * len(searches)
