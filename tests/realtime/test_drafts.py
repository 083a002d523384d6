"""The rules of drafts, with a clock that the tests move."""

from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.client import message_id
from ting.core.models import Person, TypingPreferences, TypingView
from ting.realtime.drafts import DraftBoard, DraftInput, DraftRules


@dataclass(eq=False)
class Device:
    """The part of a connection that drafts need."""

    person: Person
    typing: TypingPreferences = field(default_factory=lambda: TypingPreferences("letters"))


class TimedBoard:
    """A draft board with its clock and a counter of positions."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.drafts = DraftBoard(DraftRules(), lambda: self.now)
        self.positions = count(1)

    def type(self, device: Device, draft: str, text: str) -> None:
        self.drafts.update(DraftInput(device, draft, text, 0), lambda: next(self.positions))

    def shown(self, people: int = 2) -> list[tuple[str, int, str | None]]:
        return [(draft.author.name, draft.position, draft.text) for draft in self.drafts.visible(people).values()]

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.drafts.sweep()


def device(name: str, share: TypingView = "letters") -> Device:
    return Device(Person(name, name), TypingPreferences(share))


@pytest.fixture
def board() -> TimedBoard:
    return TimedBoard()


def test_positions_follow_the_order_of_first_keystrokes(board: TimedBoard) -> None:
    ada, bob, adas = device("ada"), device("bob"), message_id()
    board.type(ada, adas, "a")
    board.type(bob, message_id(), "b")
    board.type(ada, adas, "ada was first")

    assert board.shown() == [("ada", 1, "ada was first"), ("bob", 2, "b")]


def test_emptying_a_draft_and_typing_again_takes_a_new_position(board: TimedBoard) -> None:
    ada, bob, adas = device("ada"), device("bob"), message_id()
    board.type(ada, adas, "a")
    board.type(bob, message_id(), "b")
    board.type(ada, adas, "")
    assert board.shown() == [("bob", 2, "b")]
    board.type(ada, adas, "once more")

    assert board.shown() == [("bob", 2, "b"), ("ada", 3, "once more")]


def test_a_late_empty_update_of_another_draft_removes_nothing(board: TimedBoard) -> None:
    ada = device("ada")
    board.type(ada, message_id(), "new")
    board.type(ada, message_id(), "")

    assert board.shown() == [("ada", 1, "new")]


def test_an_idle_ghost_is_hidden_and_returns_to_its_position(board: TimedBoard) -> None:
    ada, bob, adas = device("ada"), device("bob"), message_id()
    board.type(ada, adas, "well")
    board.pass_time(29.9)
    board.type(bob, message_id(), "b")
    assert len(board.shown()) == 2
    board.pass_time(0.1)
    assert board.shown() == [("bob", 2, "b")]
    board.type(ada, adas, "well ...")

    assert board.shown() == [("ada", 1, "well ..."), ("bob", 2, "b")]


def test_a_draft_that_is_idle_for_two_minutes_loses_its_position(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "well")
    board.pass_time(120)
    assert len(board.drafts) == 0
    board.type(ada, adas, "well ...")

    assert board.shown() == [("ada", 2, "well ...")]


def test_a_draft_loses_its_position_after_fifty_later_messages(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "slow")
    for _ in range(49):
        board.drafts.committed(message_id(), next(board.positions))
    assert board.shown() == [("ada", 1, "slow")]
    board.drafts.committed(message_id(), next(board.positions))
    assert board.shown() == []
    board.type(ada, adas, "slower")

    assert board.shown() == [("ada", 52, "slower")]


def test_messages_above_a_draft_do_not_count_as_later(board: TimedBoard) -> None:
    above = next(board.positions)
    board.type(device("ada"), message_id(), "slow")
    for _ in range(50):
        board.drafts.committed(message_id(), above)

    assert board.shown() == [("ada", 2, "slow")]


def test_the_draft_of_an_absent_author_stays_for_three_seconds(board: TimedBoard) -> None:
    ada, bob = device("ada"), device("bob")
    board.type(ada, message_id(), "a")
    board.type(bob, message_id(), "b")
    board.drafts.mark_absent("ada")
    board.drafts.mark_absent("bob")
    board.pass_time(2.9)
    board.drafts.mark_present("bob")
    board.pass_time(0.1)

    assert board.shown() == [("bob", 2, "b")]


def test_the_draft_of_the_latest_device_is_shown(board: TimedBoard) -> None:
    laptop = device("ada")
    phone = Device(laptop.person)
    board.type(laptop, message_id(), "laptop")
    board.type(phone, message_id(), "phone")

    assert board.shown() == [("ada", 2, "phone")]


def test_only_the_first_five_ghosts_have_letters(board: TimedBoard) -> None:
    for name in "abcdefg":
        board.type(device(name), message_id(), name)
    assert [text for _, _, text in board.shown()] == ["a", "b", "c", "d", "e", "", ""]
    board.drafts.drop("b")

    assert [text for _, _, text in board.shown()] == ["a", "c", "d", "e", "f", ""]


def test_with_more_than_a_hundred_present_users_no_letters_are_shown(board: TimedBoard) -> None:
    board.type(device("ada"), message_id(), "a")

    assert board.shown(people=100) == [("ada", 1, "a")]
    assert board.shown(people=101) == [("ada", 1, "")]


def test_a_large_paste_is_held_back_until_the_next_keystroke(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "see: ")
    board.type(ada, adas, "see: " + "x" * 201)
    assert board.shown() == [("ada", 1, "")]
    board.type(ada, adas, "see: " + "x" * 201)
    assert board.shown() == [("ada", 1, "")], "the same text again is no keystroke"
    board.type(ada, adas, "see: " + "x" * 200)

    assert board.shown() == [("ada", 1, "see: " + "x" * 200)]


@pytest.mark.parametrize("text", ["/", "/me waves", "//no command"])
def test_text_that_begins_with_a_slash_is_never_shared(board: TimedBoard, text: str) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "a")
    board.type(ada, adas, text)

    assert board.shown() == []


def test_a_user_who_shares_nothing_takes_no_position(board: TimedBoard) -> None:
    ada, adas = device("ada", share="nothing"), message_id()
    board.type(ada, adas, "a")
    assert board.drafts.draft_of("ada") is None
    assert next(board.positions) == 1


def test_the_ghost_of_a_message_stays_until_the_message_is_committed(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "sent")
    assert board.drafts.begin_send("ada", adas) is not None
    board.type(ada, adas, "late update of the sent draft")
    board.type(ada, message_id(), "next")
    assert board.shown() == [("ada", 1, "sent"), ("ada", 2, "next")]
    board.drafts.committed(adas, 1)
    board.type(ada, adas, "even later")

    assert board.shown() == [("ada", 2, "next")]


def test_a_draft_that_could_not_be_sent_keeps_its_position(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "busy")
    kept = board.drafts.begin_send("ada", adas)
    assert kept is not None
    board.drafts.restore(kept)
    again = board.drafts.begin_send("ada", adas)

    assert again is not None
    assert again.position == 1


def test_a_draft_that_could_not_be_sent_is_replaced_by_a_newer_one(board: TimedBoard) -> None:
    ada, adas = device("ada"), message_id()
    board.type(ada, adas, "busy")
    kept = board.drafts.begin_send("ada", adas)
    assert kept is not None
    board.type(ada, message_id(), "newer")
    board.drafts.restore(kept)

    assert board.shown() == [("ada", 2, "newer")]


def test_the_next_change_is_the_next_expiry(board: TimedBoard) -> None:
    assert board.drafts.next_change() is None
    board.type(device("ada"), message_id(), "a")
    assert board.drafts.next_change() == board.now + 30
    board.drafts.mark_absent("ada")
    assert board.drafts.next_change() == board.now + 3
    board.drafts.mark_present("ada")
    board.pass_time(30)
    assert board.drafts.next_change() == board.now + 90
