"""Measuring throughput: warm up, count for a while, then see that nothing was lost and nothing came twice."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import Load, Receiver, Sender
from benchmarks.machine import cpu_s

WARM_UP_S = 0.3
PATIENCE_S = 30.0


class Miscounted(Exception):
    """A message was lost, or came twice: nothing was measured."""


@dataclass(frozen=True)
class Room:
    """Those who are there from its first message on. Its senders are among its members."""

    members: Sequence[Receiver]
    senders: Sequence[Sender]

    def check(self) -> None:
        """Raises `Miscounted` unless each member got each message once."""
        check(self.members, sum(sender.sent for sender in self.senders))

    @property
    def quiet(self) -> bool:
        """Whether everything is answered, and at least as much has come as was sent."""
        sent = sum(sender.sent for sender in self.senders)
        answered = all(sender.answers == sender.sent for sender in self.senders)
        return answered and all(member.messages >= sent for member in self.members)


@dataclass(frozen=True)
class Round:
    """What was counted in one window of time."""

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
    """Count while each sender keeps so many messages unacknowledged."""
    senders = [sender for room in rooms for sender in room.senders]
    for sender in senders:
        sender.going = True
        sender.send(in_flight)
    counted = count(load, pid, [member for room in rooms for member in room.members], senders, seconds)
    for sender in senders:
        sender.going = False
    load.until(lambda: all(room.quiet for room in rooms), PATIENCE_S, "the last messages")
    for room in rooms:
        room.check()
    return counted


def count(load: Load, pid: int, receivers: Sequence[Receiver], senders: Sequence[Sender], seconds: float) -> Round:
    """One window, after a warm-up, of traffic that is under way."""
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
    """Raises `Miscounted` unless each receiver got so many messages, ever."""
    counts = {receiver.messages for receiver in receivers}
    if counts != {messages}:
        raise Miscounted(f"{messages} messages were sent, and receivers got {sorted(counts)}")


def _messages(receivers: Sequence[Receiver]) -> int:
    return sum(receiver.messages for receiver in receivers)


def _answers(senders: Sequence[Sender]) -> int:
    return sum(sender.answers for sender in senders)
