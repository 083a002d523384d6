"""(c) Latency: the time from sending a message until the last of 100 users has it, at 10 messages a second.

Between two messages, one bare insert into the same mongod is measured, so that other load affects both alike.
"""

import math
import time
from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.database import bare_collection, document
from benchmarks.load import Load, Receiver, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import TIMEOUT_S, Room
from benchmarks.wire import ACK_HEAD

ROOM = "#latency"
SIZE = 100
PAUSE_S = 0.05  # after each message and after each insert
MESSAGES = 300
WARM_UP = 10


def measure(bench: Bench) -> list[Figure]:
    """Percentiles of the time to the last receiver, compared with those of a bare insert."""
    with bench.serving() as ting:
        ids = message_ids()
        sender = Sender(ACK_HEAD, messages(ROOM, ids))
        room = Room([sender, *(Receiver() for _ in range(SIZE - 1))], [sender])
        join(ting.port, bench.people[:SIZE], room.members, [ROOM] * SIZE)
        load, bare = Load(), bare_collection(ting)
        load.add(room.members)
        sending, inserts = [], []
        for number in range(WARM_UP + (MESSAGES // 5 if bench.options.quick else MESSAGES)):
            load.run(PAUSE_S)
            sending.append(time_to_last(load, room, sender))
            load.run(PAUSE_S)
            start = time.perf_counter()
            bare.insert_one(document(next(ids), number))
            inserts.append(time.perf_counter() - start)
        room.check()
        load.close(room.members)
    return _figures(sending[WARM_UP:], inserts[WARM_UP:])


def time_to_last(load: Load, room: Room, sender: Sender) -> float:
    """Send one message. Returns the time until all members of the room have it, in seconds."""
    start = time.perf_counter()
    sender.send(1)
    missing = list(room.members)

    def all_received() -> bool:
        """Members that have the message are not checked again, so that the check does not slow down receiving."""
        while missing and missing[-1].messages >= sender.sent:
            missing.pop()
        return not missing

    load.until(all_received, TIMEOUT_S, "the last receiver")
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
    """A percentile: the time that this share of all times does not exceed."""
    return sorted(times)[math.ceil(rank * len(times)) - 1]
