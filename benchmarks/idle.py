"""(d) Idle connections: the memory of each, and how many can be opened in a second."""

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.bench import PEOPLE, Bench
from benchmarks.children import Child
from benchmarks.load import Load, Receiver
from benchmarks.machine import memory_kib
from benchmarks.opening import join, open_websockets
from benchmarks.report import Figure, Floor, Target

ROOM = "#idle"
WARM_UP = 10
SETTLE_S = 1.0


class Opened(NamedTuple):
    """What opening all connections took."""

    seconds: float
    kib_each: float
    peak_kib: float


def measure(bench: Bench) -> list[Figure]:
    """A thousand idle users in a channel, compared with a thousand websockets of a bare Tornado."""
    with bench.serving():
        assert len(bench.people) == PEOPLE  # registered before: no user has connected to the measured server
    with bench.serving() as ting:
        ours = _opened(
            ting.pid,
            lambda receivers: join(ting.port, bench.people[: len(receivers)], receivers, [ROOM] * len(receivers)),
        )
    return _figures(ours, _tornado(bench))


def _tornado(bench: Bench) -> Opened:
    child = Child([sys.executable, "-m", "benchmarks.floors.broadcaster"], bench.cores, bench.scratch / "tornado.log")
    port = int(child.line())
    try:
        return _opened(child.pid, lambda receivers: open_websockets(port, receivers))
    finally:
        child.stop()


def _opened(pid: int, open_all: Callable[[list[Receiver]], None]) -> Opened:
    load = Load()
    _open(load, WARM_UP, open_all)  # the first connections load and cache what all connections share
    load.run(SETTLE_S)
    before = memory_kib(pid)
    seconds = _open(load, PEOPLE, open_all)
    load.run(SETTLE_S)
    return Opened(seconds, (memory_kib(pid) - before) / PEOPLE, memory_kib(pid, "VmHWM"))


def _open(load: Load, count: int, open_all: Callable[[list[Receiver]], None]) -> float:
    start = time.perf_counter()
    receivers = [Receiver() for _ in range(count)]
    open_all(receivers)
    seconds = time.perf_counter() - start
    load.add(receivers)
    return seconds


def _figures(ours: Opened, tornado: Opened) -> list[Figure]:
    memory = Floor("Tornado", tornado.kib_each)
    peak = Floor("Tornado", tornado.peak_kib / 1024)
    opened = Floor("Tornado", PEOPLE / tornado.seconds)
    return [
        Figure("d", "memory of an idle connection", ours.kib_each, "KiB", memory, Target("<", 25)),
        Figure("d", "peak memory of the server", ours.peak_kib / 1024, "MiB", peak),
        Figure("d", "opened and joined", PEOPLE / ours.seconds, "connections/s", opened),
    ]
