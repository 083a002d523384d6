"""The checker is the judge of the other tests here: it must see every kind of lie."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.client import Frame
from tests.faults.checker import Stored, assert_faithful, plain
from tests.faults.record import Operation, Record
from tests.faults.timeline import Timeline


def message(seq: int, *, position: int = 0, text: str = "", first: int = 0) -> Frame:
    """The event of a message of ada's."""
    position = position or seq
    fixed = {"conversation": "#ting", "kind": "text", "started": 5, "sent": 5, "author": {"id": "1", "name": "ada"}}
    changing = {"seq": seq, "first": first or seq, "position": position, "text": text or f"ada {position}"}
    return {"type": "message", "id": f"id{position}", **fixed, **changing}


@dataclass
class Case:
    """Two clients, and a database: ada sent two messages and edited the first; bob came after the first."""

    stored: Stored
    ada: Record
    bob: Record
    timeline: Timeline

    def check(self) -> None:
        assert_faithful(self.stored, [self.ada, self.bob], [self.timeline])


def honest() -> Case:
    events = [message(1), message(2), message(3, position=1, first=1, text="edited")]
    ada, bob, timeline = Record("ada", "1"), Record("bob", "2"), Timeline()
    ada.joined(0)
    ada.sent = ["id1", "id2"]
    asked = ("send", "id1", "ada 1"), ("send", "id2", "ada 2"), ("edit", "id1", "edited")
    operations = [Operation(*one) for one in asked]
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


def stores_twice(case: Case) -> None:
    case.stored["id9"] = plain(message(4, position=9))


def gives_a_seq_twice(case: Case) -> None:
    case.ada.acked[1] = replace(case.ada.acked[1], seq=1)


def leaves_a_seq_out(case: Case) -> None:
    case.ada.acked.pop(0)


def gives_a_place_twice(case: Case) -> None:
    case.stored["id2"]["position"] = 1


def shows_what_is_lost(case: Case) -> None:
    case.bob.seen.append(message(2, position=8))


def shows_what_is_newer_than_stored(case: Case) -> None:
    case.bob.seen.append(message(9, position=2, first=2))


def shows_different_things_to_different_people(case: Case) -> None:
    case.bob.seen[0] = message(1, text="something else")


def skips_an_event(case: Case) -> None:
    case.bob.streams[0].seqs.pop(0)


def repeats_an_event(case: Case) -> None:
    case.bob.streams[0].seqs.append(3)


def swaps_events(case: Case) -> None:
    case.bob.streams[0].seqs.reverse()


def answers_with_what_is_not_durable(case: Case) -> None:
    case.bob.answer([message(2)], 1)


def refuses_for_no_reason(case: Case) -> None:
    case.ada.unexpected.append({"type": "error", "code": "internal"})


def leaves_a_replica_behind(case: Case) -> None:
    case.timeline.messages["id1"] = message(1)


def leaves_a_replica_without(case: Case) -> None:
    del case.timeline.messages["id2"]


def stores_in_another_order_than_sent(case: Case) -> None:
    case.ada.sent.reverse()


LIES: tuple[Callable[[Case], None], ...] = (
    loses_an_acknowledged_message,
    loses_an_acknowledged_edit,
    moves_an_acknowledged_message,
    stores_twice,
    gives_a_seq_twice,
    leaves_a_seq_out,
    gives_a_place_twice,
    shows_what_is_lost,
    shows_what_is_newer_than_stored,
    shows_different_things_to_different_people,
    skips_an_event,
    repeats_an_event,
    swaps_events,
    answers_with_what_is_not_durable,
    refuses_for_no_reason,
    leaves_a_replica_behind,
    leaves_a_replica_without,
    stores_in_another_order_than_sent,
)


def test_an_honest_server_is_believed() -> None:
    honest().check()


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_seen(lie: Callable[[Case], None]) -> None:
    case = honest()
    lie(case)
    with pytest.raises(AssertionError, match="promises broken"):
        case.check()
