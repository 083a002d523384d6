"""Who is here: compared with a simple model of it, and the rules one by one."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.fake_connection import FakeConnection
from ting.core.models import Person, UserId
from ting.realtime.presence import Presence, RecentChanges

NAMES = st.sampled_from(["ada", "bob", "eve"])
CHANNELS = st.sampled_from(["#ting", "#music"])


class PresenceMachine(RuleBasedStateMachine):
    """Connections come, go, join and leave; every joined connection follows who is here as a client does."""

    open: Bundle[FakeConnection] = Bundle("open")

    def __init__(self) -> None:
        super().__init__()
        self.presence = Presence()
        self.joined: dict[FakeConnection, set[str]] = {}
        self.views: dict[tuple[FakeConnection, str], set[UserId]] = {}
        self.untold: set[str] = set()

    def here(self, channel: str) -> set[UserId]:
        """The truth."""
        return {ears.person.id for ears, channels in self.joined.items() if channel in channels}

    @rule(target=open, name=NAMES)
    def connect(self, name: str) -> FakeConnection:
        ears = FakeConnection(name)
        self.presence.connect(ears)
        self.joined[ears] = set()
        return ears

    @rule(ears=consumes(open))
    def disconnect(self, ears: FakeConnection) -> None:
        self.untold |= self.joined[ears]
        assert set(self.presence.disconnect(ears)) == self.joined.pop(ears)
        assert self.presence.disconnect(ears) == []
        assert not self.presence.join("#ting", ears)
        self.views = {(viewer, channel): view for (viewer, channel), view in self.views.items() if viewer is not ears}

    @rule(ears=open, channel=CHANNELS)
    def join(self, ears: FakeConnection, channel: str) -> None:
        assert self.presence.join(channel, ears) == (channel not in self.joined[ears])
        self.joined[ears].add(channel)
        self.untold.add(channel)
        self.views[ears, channel] = {person.id for person in self.presence.people(channel)}

    @rule(ears=open, channel=CHANNELS)
    def leave(self, ears: FakeConnection, channel: str) -> None:
        assert self.presence.leave(channel, ears) == (channel in self.joined[ears])
        self.joined[ears].discard(channel)
        self.untold.add(channel)
        self.views.pop((ears, channel), None)

    @rule()
    def announce(self) -> None:
        for channel, came, went in self.presence.drain_changes():
            assert {person.id for person in came} <= self.here(channel)
            assert not {person.id for person in came} & set(went)
            for (_, viewed), view in self.views.items():
                if viewed == channel:
                    view.update(person.id for person in came)
                    view.difference_update(went)
        for (_, channel), view in self.views.items():
            assert view == self.here(channel)
        assert not self.presence.changed_conversations
        self.untold.clear()

    @invariant()
    def everybody_is_here_once(self) -> None:
        for channel in ("#ting", "#music"):
            people = [person.id for person in self.presence.people(channel)]
            assert Counter(people) == Counter(self.here(channel))
            assert self.presence.count(channel) == len(people)
            subscribed = {ears for ears, channels in self.joined.items() if channel in channels}
            assert set(self.presence.subscribers(channel)) == subscribed
        assert set(self.presence.connections()) == set(self.joined)

    @invariant()
    def nothing_is_kept_of_empty_rooms_and_absent_people(self) -> None:
        occupied = set().union(*self.joined.values()) if self.joined else set()
        assert set(self.presence.conversations) == occupied
        # Of an empty conversation only that users left it, until that is broadcast.
        assert set(self.presence.changed_conversations) <= self.untold
        assert self.presence.size[0] == len({ears.person.id for ears in self.joined})


PresenceMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPresence = PresenceMachine.TestCase


def test_a_person_with_three_tabs_is_here_once_and_leaves_with_the_last() -> None:
    presence, tabs = Presence(), [FakeConnection("ada"), FakeConnection("ada"), FakeConnection("ada")]
    bob = FakeConnection("bob")
    for ears in (bob, *tabs):
        presence.connect(ears)
        presence.join("#ting", ears)
    assert presence.people("#ting") == [bob.person, tabs[0].person]
    list(presence.drain_changes())

    presence.disconnect(tabs[0])
    presence.leave("#ting", tabs[1])
    assert not presence.changed_conversations
    presence.disconnect(tabs[2])

    assert list(presence.drain_changes()) == [("#ting", [], ["ada-id"])]
    assert presence.people("#ting") == [bob.person]


def test_somebody_who_went_and_came_back_is_among_those_who_came() -> None:
    presence, ada, bob = Presence(), FakeConnection("ada"), FakeConnection("bob")
    for ears in (ada, bob):
        presence.connect(ears)
        presence.join("#ting", ears)
    list(presence.drain_changes())

    presence.leave("#ting", ada)
    presence.join("#ting", ada)

    assert list(presence.drain_changes()) == [("#ting", [ada.person], [])]


def test_the_connections_of_a_session_are_found_whatever_they_joined() -> None:
    presence = Presence()
    phone, laptop, other = (
        FakeConnection("ada", "phone"),
        FakeConnection("ada", "laptop"),
        FakeConnection("bob", "phone"),
    )
    for ears in (phone, laptop, other):
        presence.connect(ears)

    assert presence.session_connections("ada-id", "phone") == [phone]
    assert presence.session_connections("eve-id", "phone") == []


def test_somebody_who_changed_is_shown_as_they_are_now_in_every_room() -> None:
    presence, ada, adas_phone, bob = Presence(), FakeConnection("ada"), FakeConnection("ada"), FakeConnection("bob")
    for ears in (ada, adas_phone, bob):
        presence.connect(ears)
        presence.join("#ting", ears)
    presence.join("#music", ada)
    changed = Person("ada-id", "Ada", "0123456789abcdef")

    presence.update_person(changed)
    presence.update_person(Person("nobody-id", "nobody"))

    assert ada.person == adas_phone.person == changed
    assert presence.people("#ting") == [changed, bob.person]
    assert presence.people("#music") == [changed]
    (_, came, _), _ = presence.drain_changes()
    assert changed in came


def test_a_change_is_known_to_be_later_than_another_of_anybody() -> None:
    changes = RecentChanges()
    changes.record("bob-id")
    before = changes.count
    changes.record("ada-id")

    assert changes.any_since(before, "ada-id")
    assert not changes.any_since(changes.count, "ada-id")
    assert not changes.any_since(before, "bob-id")
    assert not changes.any_since(before, "eve-id")


def test_what_is_too_long_ago_to_be_remembered_counts_as_a_change() -> None:
    changes = RecentChanges(remembered=2)
    before = changes.count
    for user in ("ada-id", "bob-id", "eve-id", "bob-id"):
        changes.record(user)

    assert changes.any_since(before, "ada-id")
    assert not changes.any_since(before + 1, "ada-id")
