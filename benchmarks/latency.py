"""(c) Latency: from sending a message to the last of 100 people having it, at 10 messages a second.

Between two messages there is one bare insert into the same mongod, so that both meet the same machine.
"""

import math
import time
from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.database import document, inserting
from benchmarks.load import Load, Receiver, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import PATIENCE_S, Room
from benchmarks.wire import ACK_HEAD

ROOM = "#latency"
SIZE = 100
PAUSE_S = 0.05  # between a message and an insert, and the other way round
MESSAGES = 300
WARM_UP = 10


def measure(bench: Bench) -> list[Figure]:
    """Percentiles of the time to the last receiver, compared with those of a bare insert."""
    with bench.serving() as ting:
        ids = message_ids()
        sender = Sender(ACK_HEAD, messages(ROOM, ids))
        room = Room([sender, *(Receiver() for _ in range(SIZE - 1))], [sender])
        join(ting.port, bench.people[:SIZE], room.members, [ROOM] * SIZE)
        load, bare = Load(), inserting(ting)
        load.add(room.members)
        sending, inserts = [], []
        for number in range(WARM_UP + (MESSAGES // 5 if bench.options.quick else MESSAGES)):
            load.run(PAUSE_S)
            sending.append(to_the_last(load, room, sender))
            load.run(PAUSE_S)
            start = time.perf_counter()
            bare.insert_one(document(next(ids), number))
            inserts.append(time.perf_counter() - start)
        room.check()
        load.close(room.members)
    return _figures(sending[WARM_UP:], inserts[WARM_UP:])


def to_the_last(load: Load, room: Room, sender: Sender) -> float:
    """How long one message took to all members of a room, in seconds."""
    start = time.perf_counter()
    sender.send(1)
    missing = list(room.members)

    def all_have_it() -> bool:
        """Whoever has it is not asked again: looking for the last one must not slow down receiving."""
        while missing and missing[-1].messages >= sender.sent:
            missing.pop()
        return not missing

    load.until(all_have_it, PATIENCE_S, "the last receiver")
    return time.perf_counter() - start


def _figures(sending: Sequence[float], inserts: Sequence[float]) -> list[Figure]:
    what = f"send to the last of {SIZE}"
    return [
        _figure(f"{what}, p50", sending, inserts, 0.5, Target("<", 2, "ratio")),
        _figure(f"{what}, p99", sending, inserts, 0.99, Target("<", 3, "ratio")),
        _figure(f"{what}, max", sending, inserts, 1.0, None),
    ]


def _figure(what: str, ours: Sequence[float], theirs: Sequence[float], rank: float, target: Target | None) -> Figure:
    return Figure("c", what, 1e3 * at_rank(rank, ours), "ms", Floor("insert", 1e3 * at_rank(rank, theirs)), target)


def at_rank(rank: float, times: Sequence[float]) -> float:
    """The time that this share of all does not exceed."""
    return sorted(times)[math.ceil(rank * len(times)) - 1]
