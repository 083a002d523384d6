"""Measures throughput: warm up, count for a while, then check that no message was lost or duplicated."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import Load, Receiver, Sender
from benchmarks.machine import cpu_s

WARM_UP_S = 0.3
TIMEOUT_S = 30.0


class Miscounted(Exception):
    """A message was lost or duplicated, so the figure is not valid."""


@dataclass(frozen=True)
class Room:
    """A channel whose members are present from the first message. The senders are also members."""

    members: Sequence[Receiver]
    senders: Sequence[Sender]

    def check(self) -> None:
        """Raises `Miscounted` unless each member received each message exactly once."""
        check(self.members, sum(sender.sent for sender in self.senders))

    @property
    def settled(self) -> bool:
        """Whether every message is acknowledged, and every member has received at least as many as were sent."""
        sent = sum(sender.sent for sender in self.senders)
        answered = all(sender.answers == sender.sent for sender in self.senders)
        return answered and all(member.messages >= sent for member in self.members)


@dataclass(frozen=True)
class Round:
    """What was counted in one time window."""

    seconds: float
    deliveries: int
    answers: int
    server_cpu_s: float
    load_cpu_s: float

    @property
    def deliveries_per_s(self) -> float:
        return self.deliveries / self.seconds

    @property
    def answers_per_s(self) -> float:
        return self.answers / self.seconds


def exchange(load: Load, pid: int, rooms: Sequence[Room], *, in_flight: int, seconds: float) -> Round:
    """Count while each sender keeps `in_flight` messages unacknowledged."""
    senders = [sender for room in rooms for sender in room.senders]
    for sender in senders:
        sender.active = True
        sender.send(in_flight)
    counted = count(load, pid, [member for room in rooms for member in room.members], senders, seconds)
    for sender in senders:
        sender.active = False
    load.until(lambda: all(room.settled for room in rooms), TIMEOUT_S, "the last messages")
    for room in rooms:
        room.check()
    return counted


def count(load: Load, pid: int, receivers: Sequence[Receiver], senders: Sequence[Sender], seconds: float) -> Round:
    """Count the current traffic in one time window, after a warm-up."""
    load.run(WARM_UP_S)
    server_s, load_s = cpu_s(pid), time.process_time()
    deliveries, answers = _messages(receivers), _answers(senders)
    lasted = load.run(seconds)
    return Round(
        seconds=lasted,
        deliveries=_messages(receivers) - deliveries,
        answers=_answers(senders) - answers,
        server_cpu_s=cpu_s(pid) - server_s,
        load_cpu_s=time.process_time() - load_s,
    )


def check(receivers: Sequence[Receiver], messages: int) -> None:
    """Raises `Miscounted` unless each receiver got exactly this many messages in total."""
    counts = {receiver.messages for receiver in receivers}
    if counts != {messages}:
        raise Miscounted(f"{messages} messages were sent, and receivers got {sorted(counts)}")


def _messages(receivers: Sequence[Receiver]) -> int:
    return sum(receiver.messages for receiver in receivers)


def _answers(senders: Sequence[Sender]) -> int:
    return sum(sender.answers for sender in senders)
