"""(e) Recovery: the time from `kill -9` of the server until 500 clients have every message again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.load import SPACE_BYTES, Load, Receiver, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.reconnecting import ReconnectingClient, growing_pauses, short_pauses
from benchmarks.report import Figure, Floor
from benchmarks.wire import ACK_HEAD

CLIENTS = 500
IN_FLIGHT = 8
TRAFFIC_S = 0.5
MISSED = 100  # each client misses at least this many messages, so that all have to catch up
RECONNECT_TIMEOUT_S = 60.0


def measure(bench: Bench) -> list[Figure]:
    """Measure once with the pauses of the browser client, and once with short pauses."""
    return [
        _recovery(bench, "#killed", "browser's pauses", growing_pauses),
        _recovery(bench, "#killed-again", "short pauses", short_pauses),
    ]


def _recovery(bench: Bench, room: str, how: str, pauses: Callable[[], Iterator[float]]) -> Figure:
    with bench.serving() as ting:
        receivers, sender = _under_load(bench, ting, room)
        start = time.perf_counter()
        ting.kill()
        for receiver in receivers:
            _drain(receiver)
        # The room is new and has one sender, so a seq is the number of messages.
        clients = [
            ReconnectingClient(person, room, max(0, receiver.messages - MISSED))
            for person, receiver in zip(bench.people, receivers, strict=False)
        ]
        times = asyncio.run(_reconnect(ting, clients, pauses))
        assert all(client.cursor >= sender.answers for client in clients), "an acknowledged message is missing"
    after = [moment - start for moment in times]
    details: dict[str, float | list[float]] = {"first_s": min(after[1:]), "messages": sender.answers}
    what = f"{CLIENTS} reconnected, {how}"
    return Figure("e", what, max(after), "s", Floor("server restart", after[0]), details=details)


def _under_load(bench: Bench, ting: Ting, room: str) -> tuple[list[Receiver], Sender]:
    """Return the members of a room, of which the first is the sender, while messages are in flight."""
    sender = Sender(ACK_HEAD, messages(room, message_ids()))
    receivers = [sender, *(Receiver() for _ in range(CLIENTS - 1))]
    join(ting.port, bench.people[:CLIENTS], receivers, [room] * CLIENTS)
    load = Load()
    load.add(receivers)
    sender.active = True
    sender.send(IN_FLIGHT)
    load.run(TRAFFIC_S)
    sender.active = False
    return receivers, sender


def _drain(receiver: Receiver) -> None:
    """Receive what arrived before the server was killed."""
    space = bytearray(SPACE_BYTES)
    with suppress(ConnectionError):
        while True:
            receiver.receive(space)
    receiver.socket.close()


async def _reconnect(
    ting: Ting, clients: Sequence[ReconnectingClient], pauses: Callable[[], Iterator[float]]
) -> list[float]:
    """Restart the server. Returns when it was ready, and then when each client was."""

    async def moment(done: Awaitable[None]) -> float:
        await done
        return time.perf_counter()

    async with asyncio.timeout(RECONNECT_TIMEOUT_S):
        returning = (client.reconnect(ting.port, pauses()) for client in clients)
        times = await asyncio.gather(moment(asyncio.to_thread(ting.start)), *map(moment, returning))
    for client in clients:
        client.close()
    return times
