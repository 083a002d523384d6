"""(h) Search in a million messages: for a word that is rare, for one that is everywhere, for beginnings."""

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
from benchmarks.database import document, history
from benchmarks.people import Person, message_ids
from benchmarks.report import Figure, Floor, Target
from ting.conversations.indexer import Indexer
from ting.store.database import Database
from ting.store.messages import MessageStore
from ting.store.search import SearchIndexStore
from ting.store.users import UserStore

SIZE, QUICK_SIZE = 1_000_000, 100_000
ROOMS = 10
WORDS = 50_000  # that people use, the second half as often as the first, the third a third as often ... (Zipf's law)
WORDS_EACH = 8
HITS = 20
REQUESTS = 60  # of each kind
BATCH = 10_000
SEED = 8
LATIN = ("ba", "co", "di", "fe", "gu", "la", "me", "ni", "or", "ta", "ve", "shi")
GREEK = ("κα", "λή", "με", "ρα", "στο", "θά", "νι", "ού", "πο", "ψε", "ζω", "ξη")


class Language:
    """Words, and how often each of them is used."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self.words = list(itertools.islice(self._made(), WORDS))
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def sentence(self) -> str:
        """A text that a user may write."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=WORDS_EACH))

    def _made(self) -> Iterator[str]:
        """Different words of two to five syllables."""
        seen = set()
        while True:
            syllables = self._random.choice((LATIN, GREEK))
            word = "".join(self._random.choices(syllables, k=self._random.randint(2, 5)))
            if word not in seen:
                seen.add(word)
                yield word


def measure(bench: Bench) -> list[Figure]:
    """The median time of a search over REST, compared with a plain find of as many messages along an index."""
    size = QUICK_SIZE if bench.options.quick else SIZE
    language = Language()
    with bench.serving() as ting:
        # Nobody else of these has asked for anything yet, and how much one may ask for is limited.
        readers = itertools.cycle(bench.people[100:200])
        _fill(ting, size, bench.people[0], language)
        rate = asyncio.run(_index(ting, size))
        kinds = _questions(language, size)
        search = Searches(ting, readers)
        plain = _plain(ting, size)
        # In turns, so that whatever else the machine does meanwhile hits all kinds alike.
        rounds = [[plain(), *(search.seconds(ask()) for ask, _ in kinds.values())] for _ in range(REQUESTS)]
    floor, *times = [1e3 * median(column) for column in zip(*rounds, strict=True)]
    figures = [
        Figure("h", f"{what}, of {size:,}, p50", value, "ms", Floor(f"find of {HITS}", floor), target)
        for (what, (_, target)), value in zip(kinds.items(), times, strict=True)
    ]
    return [*figures, Figure("h", "indexed, without rests", rate, "messages/s")]


def _questions(language: Language, size: int) -> dict[str, tuple[Callable[[], str], Target | None]]:
    """What is asked for, anew each time, and what must be reached."""
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
    """Searches as another user each time."""

    def __init__(self, ting: Ting, readers: Iterator[Person]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", ting.port)
        self._readers = readers

    def seconds(self, query: str) -> float:
        """How long a search took. Raises `AssertionError` if it was not answered."""
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
    messages, chosen = history(ting), random.Random(SEED)

    def seconds() -> float:
        last = chosen.randint(HITS + 1, size // ROOMS)
        start = time.perf_counter()
        condition = {"conversation": "#words-0", "position": {"$lt": last}}
        found = list(messages.find(condition).sort("position", -1).limit(HITS))
        taken = time.perf_counter() - start
        assert len(found) == HITS
        return taken

    return seconds


def _fill(ting: Ting, size: int, author: Person, language: Language) -> None:
    """Write messages past Ting, in turns into all rooms."""
    ids, messages = message_ids(), history(ting)
    for begin in range(0, size, BATCH):
        some = []
        for number in range(begin, begin + BATCH):
            room, seq = f"#words-{number % ROOMS}", number // ROOMS + 1
            message = document(next(ids), seq, room, author.id)
            some.append(message | {"text": language.sentence(), "sent": message["sent"] + number})
        messages.insert_many(some, ordered=False, bypass_document_validation=True)


async def _index(ting: Ting, size: int) -> float:
    """Have the indexer work without rests; messages a second."""
    database = Database(ting.mongodb, "ting")
    store = MessageStore(database, UserStore(database))
    indexer = Indexer(store, SearchIndexStore(database), share=1.0, at_once=1_000)
    start = time.perf_counter()
    running = asyncio.create_task(indexer.run())
    words = SearchIndexStore(database)
    rooms: Sequence[str] = [f"#words-{number}" for number in range(ROOMS)]
    while sum([await words.indexed(room) for room in rooms]) < size:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - start
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    database.close()
    return size / seconds
