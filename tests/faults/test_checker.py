"""The checker decides on the other tests here, so it must find every kind of violation."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.client import Frame
from tests.faults.checker import Stored, assert_consistent, plain
from tests.faults.record import Operation, Record
from tests.faults.timeline import Timeline


def message(seq: int, *, position: int = 0, text: str = "", first: int = 0) -> Frame:
    """The event of a message by ada."""
    position = position or seq
    fixed = {"conversation": "#ting", "kind": "text", "started": 5, "sent": 5, "author": {"id": "1", "name": "ada"}}
    changing = {"seq": seq, "first": first or seq, "position": position, "text": text or f"ada {position}"}
    return {"type": "message", "id": f"id{position}", **fixed, **changing}


@dataclass
class Case:
    """Two clients and a database. Ada sent two messages and edited the first one. Bob joined after the first one."""

    stored: Stored
    ada: Record
    bob: Record
    timeline: Timeline

    def check(self) -> None:
        assert_consistent(self.stored, [self.ada, self.bob], [self.timeline])


def consistent_case() -> Case:
    events = [message(1), message(2), message(3, position=1, first=1, text="edited")]
    ada, bob, timeline = Record("ada", "1"), Record("bob", "2"), Timeline()
    ada.joined(0)
    ada.sent = ["id1", "id2"]
    requests = ("send", "id1", "ada 1"), ("send", "id2", "ada 2"), ("edit", "id1", "edited")
    operations = [Operation(*request) for request in requests]
    for event, operation in zip(events, operations, strict=True):
        ada.event(event)
        timeline.event(event)
        ada.ack(operation, event | {"type": "ack"})
    bob.answer(events[:1], 1)
    bob.joined(1)
    for event in events[1:]:
        bob.event(event)
    return Case({event["id"]: plain(event) for event in events[1:]}, ada, bob, timeline)


def loses_an_acknowledged_message(case: Case) -> None:
    del case.stored["id2"]
    case.bob.seen, case.ada.seen = [], []


def loses_an_acknowledged_edit(case: Case) -> None:
    case.stored["id1"] = plain(message(1))


def moves_an_acknowledged_message(case: Case) -> None:
    case.stored["id2"]["position"] = 7


def stores_an_unacknowledged_message(case: Case) -> None:
    case.stored["id9"] = plain(message(4, position=9))


def assigns_a_seq_twice(case: Case) -> None:
    case.ada.acked[1] = replace(case.ada.acked[1], seq=1)


def skips_a_seq(case: Case) -> None:
    case.ada.acked.pop(0)


def assigns_a_position_twice(case: Case) -> None:
    case.stored["id2"]["position"] = 1


def shows_a_message_that_is_not_stored(case: Case) -> None:
    case.bob.seen.append(message(2, position=8))


def shows_a_newer_message_than_stored(case: Case) -> None:
    case.bob.seen.append(message(9, position=2, first=2))


def shows_different_texts_under_one_seq(case: Case) -> None:
    case.bob.seen[0] = message(1, text="something else")


def skips_an_event(case: Case) -> None:
    case.bob.streams[0].seqs.pop(0)


def repeats_an_event(case: Case) -> None:
    case.bob.streams[0].seqs.append(3)


def swaps_events(case: Case) -> None:
    case.bob.streams[0].seqs.reverse()


def answers_with_a_seq_above_the_head(case: Case) -> None:
    case.bob.answer([message(2)], 1)


def refuses_without_reason(case: Case) -> None:
    case.ada.unexpected.append({"type": "error", "code": "internal"})


def leaves_a_replica_behind(case: Case) -> None:
    case.timeline.messages["id1"] = message(1)


def leaves_a_replica_without_a_message(case: Case) -> None:
    del case.timeline.messages["id2"]


def stores_in_another_order_than_sent(case: Case) -> None:
    case.ada.sent.reverse()


VIOLATIONS: tuple[Callable[[Case], None], ...] = (
    loses_an_acknowledged_message,
    loses_an_acknowledged_edit,
    moves_an_acknowledged_message,
    stores_an_unacknowledged_message,
    assigns_a_seq_twice,
    skips_a_seq,
    assigns_a_position_twice,
    shows_a_message_that_is_not_stored,
    shows_a_newer_message_than_stored,
    shows_different_texts_under_one_seq,
    skips_an_event,
    repeats_an_event,
    swaps_events,
    answers_with_a_seq_above_the_head,
    refuses_without_reason,
    leaves_a_replica_behind,
    leaves_a_replica_without_a_message,
    stores_in_another_order_than_sent,
)


def test_a_consistent_case_passes() -> None:
    consistent_case().check()


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_each_violation_is_found(violation: Callable[[Case], None]) -> None:
    case = consistent_case()
    violation(case)
    with pytest.raises(AssertionError, match="promises broken"):
        case.check()
