"""(i) Slash commands: what a trivial command costs the server, compared with a plain message."""

from benchmarks.bench import Bench
from benchmarks.load import Load, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import Room, Round, exchange
from benchmarks.wire import ACK_HEAD

IN_FLIGHT = 8
MAX_MS = 0.3
# In its first minute, a server looks up whether a command already ran before the restart. Later ids avoid this.
AHEAD_S = 3600


def measure(bench: Bench) -> list[Figure]:
    """The CPU time of `/shrug TEXT`, which posts one message, compared with that of a plain message."""
    with bench.serving():
        plain = _round(bench, "#plain", "")
        command = _round(bench, "#commands", "/shrug ")
    difference = _cpu_ms(command) - _cpu_ms(plain)
    floor = Floor("a plain message", _cpu_ms(plain))
    return [
        Figure("i", "CPU of a command", _cpu_ms(command), "ms", floor),
        Figure("i", "the same, minus a plain message", difference, "ms", target=Target("<", MAX_MS)),
    ]


def _round(bench: Bench, room: str, prefix: str) -> Round:
    ids = message_ids(ahead_s=AHEAD_S)
    senders = [Sender(ACK_HEAD, messages(room, ids, prefix)) for _ in range(2)]
    join(bench.ting.port, bench.people[:2], senders, [room] * 2)
    load = Load()
    load.add(senders)
    counted = exchange(
        load, bench.ting.pid, [Room(senders, senders)], in_flight=IN_FLIGHT, seconds=bench.options.seconds
    )
    load.close(senders)
    return counted


def _cpu_ms(counted: Round) -> float:
    return 1000 * counted.server_cpu_s / (counted.answers_per_s * counted.seconds)
