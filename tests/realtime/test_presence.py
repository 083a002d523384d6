"""Presence, compared with a simple model of it, and its rules one by one."""

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
    """Connections open, close, join and leave. Joined connections apply the broadcast changes as clients do."""

    open: Bundle[FakeConnection] = Bundle("open")

    def __init__(self) -> None:
        super().__init__()
        self.presence = Presence()
        self.joined: dict[FakeConnection, set[str]] = {}
        self.views: dict[tuple[FakeConnection, str], set[UserId]] = {}
        self.pending_channels: set[str] = set()

    def present(self, channel: str) -> set[UserId]:
        """The ids of the users that are present, as the model knows them."""
        return {connection.person.id for connection, channels in self.joined.items() if channel in channels}

    @rule(target=open, name=NAMES)
    def connect(self, name: str) -> FakeConnection:
        connection = FakeConnection(name)
        self.presence.connect(connection)
        self.joined[connection] = set()
        return connection

    @rule(connection=consumes(open))
    def disconnect(self, connection: FakeConnection) -> None:
        self.pending_channels |= self.joined[connection]
        assert set(self.presence.disconnect(connection)) == self.joined.pop(connection)
        assert self.presence.disconnect(connection) == []
        assert not self.presence.join("#ting", connection)
        self.views = {
            (viewer, channel): view for (viewer, channel), view in self.views.items() if viewer is not connection
        }

    @rule(connection=open, channel=CHANNELS)
    def join(self, connection: FakeConnection, channel: str) -> None:
        assert self.presence.join(channel, connection) == (channel not in self.joined[connection])
        self.joined[connection].add(channel)
        self.pending_channels.add(channel)
        self.views[connection, channel] = {person.id for person in self.presence.people(channel)}

    @rule(connection=open, channel=CHANNELS)
    def leave(self, connection: FakeConnection, channel: str) -> None:
        assert self.presence.leave(channel, connection) == (channel in self.joined[connection])
        self.joined[connection].discard(channel)
        self.pending_channels.add(channel)
        self.views.pop((connection, channel), None)

    @rule()
    def broadcast(self) -> None:
        for channel, came, went in self.presence.drain_changes():
            assert {person.id for person in came} <= self.present(channel)
            assert not {person.id for person in came} & set(went)
            for (_, viewed), view in self.views.items():
                if viewed == channel:
                    view.update(person.id for person in came)
                    view.difference_update(went)
        for (_, channel), view in self.views.items():
            assert view == self.present(channel)
        assert not self.presence.changed_conversations
        self.pending_channels.clear()

    @invariant()
    def every_user_is_present_once(self) -> None:
        for channel in ("#ting", "#music"):
            people = [person.id for person in self.presence.people(channel)]
            assert Counter(people) == Counter(self.present(channel))
            assert self.presence.count(channel) == len(people)
            subscribed = {connection for connection, channels in self.joined.items() if channel in channels}
            assert set(self.presence.subscribers(channel)) == subscribed
        assert set(self.presence.connections()) == set(self.joined)

    @invariant()
    def nothing_is_kept_of_empty_channels_and_absent_users(self) -> None:
        joined_channels = set().union(*self.joined.values()) if self.joined else set()
        assert set(self.presence.conversations) == joined_channels
        # Of an empty conversation, presence keeps only that users left it, until that is broadcast.
        assert set(self.presence.changed_conversations) <= self.pending_channels
        assert self.presence.size[0] == len({connection.person.id for connection in self.joined})


PresenceMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPresence = PresenceMachine.TestCase


def test_a_user_with_three_tabs_is_present_once_and_leaves_with_the_last() -> None:
    presence, tabs = Presence(), [FakeConnection("ada"), FakeConnection("ada"), FakeConnection("ada")]
    bob = FakeConnection("bob")
    for connection in (bob, *tabs):
        presence.connect(connection)
        presence.join("#ting", connection)
    assert presence.people("#ting") == [bob.person, tabs[0].person]
    list(presence.drain_changes())

    presence.disconnect(tabs[0])
    presence.leave("#ting", tabs[1])
    assert not presence.changed_conversations
    presence.disconnect(tabs[2])

    assert list(presence.drain_changes()) == [("#ting", [], ["ada-id"])]
    assert presence.people("#ting") == [bob.person]


def test_a_user_who_left_and_joined_again_is_broadcast_as_joined() -> None:
    presence, ada, bob = Presence(), FakeConnection("ada"), FakeConnection("bob")
    for connection in (ada, bob):
        presence.connect(connection)
        presence.join("#ting", connection)
    list(presence.drain_changes())

    presence.leave("#ting", ada)
    presence.join("#ting", ada)

    assert list(presence.drain_changes()) == [("#ting", [ada.person], [])]


def test_the_connections_of_a_session_are_found_whether_they_joined_or_not() -> None:
    presence = Presence()
    phone, laptop, other = (
        FakeConnection("ada", "phone"),
        FakeConnection("ada", "laptop"),
        FakeConnection("bob", "phone"),
    )
    for connection in (phone, laptop, other):
        presence.connect(connection)

    assert presence.session_connections("ada-id", "phone") == [phone]
    assert presence.session_connections("eve-id", "phone") == []


def test_a_changed_user_is_updated_in_every_conversation() -> None:
    presence, ada, adas_phone, bob = Presence(), FakeConnection("ada"), FakeConnection("ada"), FakeConnection("bob")
    for connection in (ada, adas_phone, bob):
        presence.connect(connection)
        presence.join("#ting", connection)
    presence.join("#music", ada)
    changed = Person("ada-id", "Ada", "0123456789abcdef")

    presence.update_person(changed)
    presence.update_person(Person("nobody-id", "nobody"))

    assert ada.person == adas_phone.person == changed
    assert presence.people("#ting") == [changed, bob.person]
    assert presence.people("#music") == [changed]
    (_, came, _), _ = presence.drain_changes()
    assert changed in came


def test_a_change_of_a_user_is_found_by_the_count_before_it() -> None:
    changes = RecentChanges()
    changes.record("bob-id")
    before = changes.count
    changes.record("ada-id")

    assert changes.any_since(before, "ada-id")
    assert not changes.any_since(changes.count, "ada-id")
    assert not changes.any_since(before, "bob-id")
    assert not changes.any_since(before, "eve-id")


def test_a_count_older_than_what_is_remembered_means_changed() -> None:
    changes = RecentChanges(remembered=2)
    before = changes.count
    for user in ("ada-id", "bob-id", "eve-id", "bob-id"):
        changes.record(user)

    assert changes.any_since(before, "ada-id")
    assert not changes.any_since(before + 1, "ada-id")
