"""(b) Durable messages a second: two users with many messages in flight, and 200 rooms of five users."""

import time
from collections.abc import Sequence
from itertools import islice

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.database import bare_collection, document
from benchmarks.load import Load, Receiver, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import Room, Round, exchange
from benchmarks.wire import ACK_HEAD

PAIR_TARGETS = {16: 2_000, 256: 8_000}  # messages/s, by the number in flight of both users together
ROOMS, MEMBERS, ROOM_IN_FLIGHT = 200, 5, 4


def measure(bench: Bench) -> list[Figure]:
    """Acknowledged messages a second, compared with bulk inserts of as many documents as messages are in flight."""
    figures = []
    with bench.serving() as ting:
        for in_flight, target in PAIR_TARGETS.items():
            counted = _pair(bench, in_flight)
            what = f"two users, {in_flight} in flight"
            figures.append(_figure(bench, ting, what, counted, in_flight, Target(">=", target)))
        counted = _rooms(bench)
        what = f"{ROOMS} rooms of {MEMBERS}, {ROOM_IN_FLIGHT} in flight in each"
        figures.append(_figure(bench, ting, what, counted, ROOMS * ROOM_IN_FLIGHT, None))
    return figures


def _pair(bench: Bench, in_flight: int) -> Round:
    room, ids = f"#pair-{in_flight}", message_ids()
    senders = [Sender(ACK_HEAD, messages(room, ids)) for _ in range(2)]
    join(bench.ting.port, bench.people[:2], senders, [room] * 2)
    return _exchange(bench, [Room(senders, senders)], in_flight // 2)


def _rooms(bench: Bench) -> Round:
    names, ids = [f"#room-{number}" for number in range(ROOMS)], message_ids()
    rooms = []
    for name in names:
        sender = Sender(ACK_HEAD, messages(name, ids))
        rooms.append(Room([sender, *(Receiver() for _ in range(MEMBERS - 1))], [sender]))
    members = [member for room in rooms for member in room.members]
    join(bench.ting.port, bench.people, members, [name for name in names for _ in range(MEMBERS)])
    return _exchange(bench, rooms, ROOM_IN_FLIGHT)


def _exchange(bench: Bench, rooms: Sequence[Room], in_flight: int) -> Round:
    load = Load()
    members = [member for room in rooms for member in room.members]
    load.add(members)
    counted = exchange(load, bench.ting.pid, rooms, in_flight=in_flight, seconds=2 * bench.options.seconds)
    load.close(members)
    return counted


def _figure(bench: Bench, ting: Ting, what: str, counted: Round, in_flight: int, target: Target | None) -> Figure:
    floor = Floor(f"insert_many of {in_flight}", _bare_rate(ting, in_flight, bench.options.seconds / 2))
    details: dict[str, float | list[float]] = {
        "server_busy": counted.server_cpu_s / counted.seconds,
        "load_busy": counted.load_cpu_s / counted.seconds,
    }
    return Figure("b", what, counted.answers_per_s, "messages/s", floor, target, details)


def _bare_rate(ting: Ting, batch: int, seconds: float) -> float:
    """Documents a second with a journaled `insert_many` of `batch` documents, one call after the other."""
    collection, ids = bare_collection(ting), message_ids()
    start, inserted = time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        collection.insert_many([document(message_id, inserted) for message_id in islice(ids, batch)])
        inserted += batch
    return inserted / (time.perf_counter() - start)
