"""The rules of drafts, on a clock that is moved instead of waited for."""

from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.client import message_id
from ting.core.models import Person, TypingPreferences, TypingView
from ting.realtime.drafts import DraftBoard, DraftInput, DraftRules


@dataclass(eq=False)
class Device:
    """A connection, as far as drafts are concerned."""

    person: Person
    typing: TypingPreferences = field(default_factory=lambda: TypingPreferences("letters"))


class Desk:
    """Drafts, the clock they live by, and positions to give."""

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


def person(name: str, share: TypingView = "letters") -> Device:
    return Device(Person(name, name), TypingPreferences(share))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_places_are_given_in_the_order_of_first_keystrokes(desk: Desk) -> None:
    ada, bob, adas = person("ada"), person("bob"), message_id()
    desk.type(ada, adas, "a")
    desk.type(bob, message_id(), "b")
    desk.type(ada, adas, "ada was first")

    assert desk.shown() == [("ada", 1, "ada was first"), ("bob", 2, "b")]


def test_erasing_everything_and_beginning_again_takes_a_new_place(desk: Desk) -> None:
    ada, bob, adas = person("ada"), person("bob"), message_id()
    desk.type(ada, adas, "a")
    desk.type(bob, message_id(), "b")
    desk.type(ada, adas, "")
    assert desk.shown() == [("bob", 2, "b")]
    desk.type(ada, adas, "once more")

    assert desk.shown() == [("bob", 2, "b"), ("ada", 3, "once more")]


def test_a_late_erasure_of_another_draft_erases_nothing(desk: Desk) -> None:
    ada = person("ada")
    desk.type(ada, message_id(), "new")
    desk.type(ada, message_id(), "")

    assert desk.shown() == [("ada", 1, "new")]


def test_a_silent_ghost_is_hidden_and_comes_back_to_its_place(desk: Desk) -> None:
    ada, bob, adas = person("ada"), person("bob"), message_id()
    desk.type(ada, adas, "well")
    desk.pass_time(29.9)
    desk.type(bob, message_id(), "b")
    assert len(desk.shown()) == 2
    desk.pass_time(0.1)
    assert desk.shown() == [("bob", 2, "b")]
    desk.type(ada, adas, "well ...")

    assert desk.shown() == [("ada", 1, "well ..."), ("bob", 2, "b")]


def test_a_draft_that_is_silent_for_two_minutes_loses_its_place(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "well")
    desk.pass_time(120)
    assert len(desk.drafts) == 0
    desk.type(ada, adas, "well ...")

    assert desk.shown() == [("ada", 2, "well ...")]


def test_fifty_later_messages_take_the_place_away(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "slow")
    for _ in range(49):
        desk.drafts.committed(message_id(), next(desk.positions))
    assert desk.shown() == [("ada", 1, "slow")]
    desk.drafts.committed(message_id(), next(desk.positions))
    assert desk.shown() == []
    desk.type(ada, adas, "slower")

    assert desk.shown() == [("ada", 52, "slower")]


def test_messages_above_a_draft_do_not_count(desk: Desk) -> None:
    above = next(desk.positions)
    desk.type(person("ada"), message_id(), "slow")
    for _ in range(50):
        desk.drafts.committed(message_id(), above)

    assert desk.shown() == [("ada", 2, "slow")]


def test_an_absent_author_has_three_seconds(desk: Desk) -> None:
    ada, bob = person("ada"), person("bob")
    desk.type(ada, message_id(), "a")
    desk.type(bob, message_id(), "b")
    desk.drafts.mark_absent("ada")
    desk.drafts.mark_absent("bob")
    desk.pass_time(2.9)
    desk.drafts.mark_present("bob")
    desk.pass_time(0.1)

    assert desk.shown() == [("bob", 2, "b")]


def test_the_latest_device_wins(desk: Desk) -> None:
    laptop = person("ada")
    phone = Device(laptop.person)
    desk.type(laptop, message_id(), "laptop")
    desk.type(phone, message_id(), "phone")

    assert desk.shown() == [("ada", 2, "phone")]


def test_only_the_first_five_ghosts_have_letters(desk: Desk) -> None:
    for name in "abcdefg":
        desk.type(person(name), message_id(), name)
    assert [text for _, _, text in desk.shown()] == ["a", "b", "c", "d", "e", "", ""]
    desk.drafts.drop("b")

    assert [text for _, _, text in desk.shown()] == ["a", "c", "d", "e", "f", ""]


def test_where_more_than_a_hundred_are_here_nobody_sees_letters(desk: Desk) -> None:
    desk.type(person("ada"), message_id(), "a")

    assert desk.shown(people=100) == [("ada", 1, "a")]
    assert desk.shown(people=101) == [("ada", 1, "")]


def test_a_large_paste_is_held_back_until_the_next_keystroke(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "see: ")
    desk.type(ada, adas, "see: " + "x" * 201)
    assert desk.shown() == [("ada", 1, "")]
    desk.type(ada, adas, "see: " + "x" * 201)
    assert desk.shown() == [("ada", 1, "")], "the same text again is no keystroke"
    desk.type(ada, adas, "see: " + "x" * 200)

    assert desk.shown() == [("ada", 1, "see: " + "x" * 200)]


@pytest.mark.parametrize("text", ["/", "/me waves", "//no command"])
def test_what_begins_with_a_slash_is_never_shared(desk: Desk, text: str) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "a")
    desk.type(ada, adas, text)

    assert desk.shown() == []


def test_who_shares_nothing_takes_no_place(desk: Desk) -> None:
    ada, adas = person("ada", share="nothing"), message_id()
    desk.type(ada, adas, "a")
    assert desk.drafts.draft_of("ada") is None
    assert next(desk.positions) == 1


def test_the_ghost_of_a_message_stays_until_the_message_is_there(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "sent")
    assert desk.drafts.begin_send("ada", adas) is not None
    desk.type(ada, adas, "late update of what was sent")
    desk.type(ada, message_id(), "next")
    assert desk.shown() == [("ada", 1, "sent"), ("ada", 2, "next")]
    desk.drafts.committed(adas, 1)
    desk.type(ada, adas, "even later")

    assert desk.shown() == [("ada", 2, "next")]


def test_what_could_not_be_sent_keeps_its_place(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "busy")
    typing = desk.drafts.begin_send("ada", adas)
    assert typing is not None
    desk.drafts.restore(typing)
    again = desk.drafts.begin_send("ada", adas)

    assert again is not None
    assert again.position == 1


def test_what_could_not_be_sent_gives_way_to_a_newer_draft(desk: Desk) -> None:
    ada, adas = person("ada"), message_id()
    desk.type(ada, adas, "busy")
    typing = desk.drafts.begin_send("ada", adas)
    assert typing is not None
    desk.type(ada, message_id(), "newer")
    desk.drafts.restore(typing)

    assert desk.shown() == [("ada", 2, "newer")]


def test_the_next_change_is_when_something_happens_by_itself(desk: Desk) -> None:
    assert desk.drafts.next_change() is None
    desk.type(person("ada"), message_id(), "a")
    assert desk.drafts.next_change() == desk.now + 30
    desk.drafts.mark_absent("ada")
    assert desk.drafts.next_change() == desk.now + 3
    desk.drafts.mark_present("ada")
    desk.pass_time(30)
    assert desk.drafts.next_change() == desk.now + 90
