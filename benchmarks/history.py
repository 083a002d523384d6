"""(f) History: pages of a short conversation, compared with those of very long conversations."""

import http.client
import json
import random
import time
from collections.abc import Sequence
from statistics import median

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.database import document, message_collection
from benchmarks.people import Person, message_ids
from benchmarks.report import Figure, Floor, Target

SIZES = (1_000, 100_000, 1_000_000)
QUICK_SIZES = SIZES[:2]
PAGE = 100
REQUESTS = 100  # of each kind
BATCH = 10_000
SEED = 6


class Pages:
    """Requests pages of conversations that were filled before."""

    def __init__(self, ting: Ting, person: Person) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", ting.port)
        self._headers = {"Cookie": person.cookie}
        self._random = random.Random(SEED)

    def newest(self, size: int) -> float:
        """Request the newest page. Returns the time in seconds."""
        return self._page(size, "messages?", size - PAGE + 1)

    def before(self, size: int) -> float:
        """Request a page at a random position. Returns the time in seconds."""
        last = self._random.randint(PAGE + 1, size)
        return self._page(size, f"messages?before={last}&", last - PAGE)

    def changes(self, size: int) -> float:
        """Request the changes after a random seq. Returns the time in seconds."""
        after = self._random.randint(0, size - PAGE)
        return self._page(size, f"changes?after={after}&", after + 1)

    def _page(self, size: int, what: str, first: int) -> float:
        """Request a page. Returns the time in seconds. Raises `AssertionError` if it is not the right page."""
        start = time.perf_counter()
        self._connection.request(
            "GET", f"/api/conversations/%23{_name(size)}/{what}limit={PAGE}", headers=self._headers
        )
        body = self._connection.getresponse().read()
        seconds = time.perf_counter() - start
        assert [message["seq"] for message in json.loads(body)["messages"]] == list(range(first, first + PAGE))
        return seconds


def measure(bench: Bench) -> list[Figure]:
    """The median time for a page of 100 messages, compared with that of the shortest conversation."""
    sizes = QUICK_SIZES if bench.options.quick else SIZES
    with bench.serving() as ting:
        seconds = {size: _fill(ting, size, bench.people[0]) for size in sizes}
        pages = Pages(ting, bench.people[0])
        kinds = {"newest page": pages.newest, "page at random": pages.before, "changes at random": pages.changes}
        figures = []
        for what, request in kinds.items():
            # In turns, so that other load on the machine affects all sizes alike.
            times = [[request(size) for size in sizes] for _ in range(REQUESTS)]
            figures += _figures(what, sizes, [1e3 * median(column) for column in zip(*times, strict=True)])
    details: dict[str, float | list[float]] = {"fill_s": seconds[sizes[-1]]}
    return [*figures, Figure("f", "direct inserts", sizes[-1] / seconds[sizes[-1]], "messages/s", details=details)]


def _figures(what: str, sizes: Sequence[int], medians: Sequence[float]) -> list[Figure]:
    floor = Floor(f"of {sizes[0]:,}:", medians[0])
    return [
        Figure("f", f"{what}, of {size:,}, p50", value, "ms", floor, Target("<", 1.5, "ratio"))
        for size, value in list(zip(sizes, medians, strict=True))[1:]
    ]


def _fill(ting: Ting, size: int, author: Person) -> float:
    """Write a conversation of `size` messages directly into the database. Returns the time in seconds."""
    start = time.perf_counter()
    ids, messages, room = message_ids(), message_collection(ting), f"#{_name(size)}"
    # One batch after the other: two concurrent writers block each other, and take many times as long.
    for begin in range(1, size + 1, BATCH):
        numbers = range(begin, min(begin + BATCH, size + 1))
        documents = [document(next(ids), number, room, author.id) for number in numbers]
        messages.insert_many(documents, ordered=False, bypass_document_validation=True)
    return time.perf_counter() - start


def _name(size: int) -> str:
    return f"history-{size}"
