"""(h) Search in a million messages: for rare words, frequent words, several words, and beginnings of words."""

import asyncio
import http.client
import itertools
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from urllib.parse import quote

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.database import document, message_collection
from benchmarks.people import Person, message_ids
from benchmarks.report import Figure, Floor, Target
from ting.conversations.indexer import Indexer
from ting.store.database import Database
from ting.store.messages import MessageStore
from ting.store.search import SearchIndexStore
from ting.store.users import UserStore

SIZE, QUICK_SIZE = 1_000_000, 100_000
ROOMS = 10
WORDS = 50_000  # the second is used half as often as the first, the third a third as often ... (Zipf's law)
WORDS_EACH = 8  # per message
HITS = 20
REQUESTS = 60  # of each kind
BATCH = 10_000
SEED = 8
LATIN = ("ba", "co", "di", "fe", "gu", "la", "me", "ni", "or", "ta", "ve", "shi")
GREEK = ("κα", "λή", "με", "ρα", "στο", "θά", "νι", "ού", "πο", "ψε", "ζω", "ξη")


class Language:
    """Words and their frequencies."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self.words = list(itertools.islice(self._generate(), WORDS))
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def sentence(self) -> str:
        """A text that a user may write."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=WORDS_EACH))

    def _generate(self) -> Iterator[str]:
        """Different words of two to five syllables."""
        seen = set()
        while True:
            syllables = self._random.choice((LATIN, GREEK))
            word = "".join(self._random.choices(syllables, k=self._random.randint(2, 5)))
            if word not in seen:
                seen.add(word)
                yield word


def measure(bench: Bench) -> list[Figure]:
    """The median time of a search over REST, compared with a plain `find` of as many messages along an index."""
    size = QUICK_SIZE if bench.options.quick else SIZE
    language = Language()
    with bench.serving() as ting:
        # Requests are rate limited per user. These users have not made any yet.
        readers = itertools.cycle(bench.people[100:200])
        _fill(ting, size, bench.people[0], language)
        rate = asyncio.run(_index(ting, size))
        kinds = _queries(language, size)
        search = Searches(ting, readers)
        plain = _plain(ting, size)
        # In turns, so that other load on the machine affects all kinds alike.
        rounds = [[plain(), *(search.seconds(query()) for query, _ in kinds.values())] for _ in range(REQUESTS)]
    floor, *times = [1e3 * median(column) for column in zip(*rounds, strict=True)]
    figures = [
        Figure("h", f"{what}, of {size:,}, p50", value, "ms", Floor(f"find of {HITS}", floor), target)
        for (what, (_, target)), value in zip(kinds.items(), times, strict=True)
    ]
    return [*figures, Figure("h", "indexing without pauses", rate, "messages/s")]


def _queries(language: Language, size: int) -> dict[str, tuple[Callable[[], str], Target | None]]:
    """The kinds of searches: functions that return a new query at each call, and targets."""
    chosen = random.Random(SEED)
    frequent, rare = language.words[:20], language.words[min(WORDS - 10_000, size // 20) :]
    rare_target, common_target = Target("<", 50), Target("<", 150)
    return {
        "a rare word": (lambda: f"q={quote(chosen.choice(rare))}", rare_target),
        "a frequent word": (lambda: f"q={quote(chosen.choice(frequent))}", common_target),
        "three letters": (lambda: f"q={quote(chosen.choice(frequent)[:3])}", common_target),
        "two frequent words": (lambda: f"q={quote(' '.join(chosen.sample(frequent, 2)))}", common_target),
        "a frequent and a rare word": (
            lambda: f"q={quote(f'{chosen.choice(frequent)} {chosen.choice(rare)}')}",
            common_target,
        ),
        "a frequent word in one room": (lambda: f"q={quote(chosen.choice(frequent))}&in=%23words-3", common_target),
    }


class Searches:
    """Searches, each as another user."""

    def __init__(self, ting: Ting, readers: Iterator[Person]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", ting.port)
        self._readers = readers

    def seconds(self, query: str) -> float:
        """Search. Returns the time in seconds. Raises `AssertionError` if it was not answered."""
        headers = {"Cookie": next(self._readers).cookie}
        start = time.perf_counter()
        self._connection.request("GET", f"/api/search?{query}&limit={HITS}", headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - start
        assert response.status == 200, body
        assert all(hit["marks"] for hit in json.loads(body)["hits"])
        return seconds


def _plain(ting: Ting, size: int) -> Callable[[], float]:
    messages, chosen = message_collection(ting), random.Random(SEED)

    def seconds() -> float:
        last = chosen.randint(HITS + 1, size // ROOMS)
        start = time.perf_counter()
        condition = {"conversation": "#words-0", "position": {"$lt": last}}
        found = list(messages.find(condition).sort("position", -1).limit(HITS))
        duration = time.perf_counter() - start
        assert len(found) == HITS
        return duration

    return seconds


def _fill(ting: Ting, size: int, author: Person, language: Language) -> None:
    """Write messages directly into the database, in turns into all rooms."""
    ids, messages = message_ids(), message_collection(ting)
    for begin in range(0, size, BATCH):
        documents = []
        for number in range(begin, begin + BATCH):
            room, seq = f"#words-{number % ROOMS}", number // ROOMS + 1
            message = document(next(ids), seq, room, author.id)
            documents.append(message | {"text": language.sentence(), "sent": message["sent"] + number})
        messages.insert_many(documents, ordered=False, bypass_document_validation=True)


async def _index(ting: Ting, size: int) -> float:
    """Let the indexer work without pauses. Returns messages a second."""
    database = Database(ting.mongodb, "ting")
    store = MessageStore(database, UserStore(database))
    indexer = Indexer(store, SearchIndexStore(database), share=1.0, at_once=1_000)
    start = time.perf_counter()
    running = asyncio.create_task(indexer.run())
    index = SearchIndexStore(database)
    rooms: Sequence[str] = [f"#words-{number}" for number in range(ROOMS)]
    while sum([await index.indexed(room) for room in rooms]) < size:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - start
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    database.close()
    return size / seconds
