"""Somebody is not quite who they were: everything that remembers persons hears of it, and so do people.

`UserStore` remembers what it wrote itself. Here are the live parts: connections, rooms and ghosts.
"""

from collections.abc import Callable

from ting.core.models import Person, User
from ting.protocol import MeChange, PersonChange, encode
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.framing import encode_frame
from ting.realtime.presence import Presence


class UserBroadcaster:
    """Tells of users as they now are."""

    def __init__(self, presence: Presence, drafts: DraftBroadcaster) -> None:
        self._presence = presence
        self._drafts = drafts
        self._listeners: list[Callable[[Person], None]] = []

    def on_person_changed(self, listener: Callable[[Person], None]) -> None:
        """`listener` is told of persons who changed. It must not raise and does not wait."""
        self._listeners.append(listener)

    def broadcast_person(self, user: User) -> None:
        """Others see somebody differently from now on: another picture, another name, or former. Everybody is told."""
        self._presence.changes.record(user.id)
        self._presence.update_person(user.person)
        self._drafts.author_changed(user.id)
        told = encode_frame(encode(PersonChange(person=user.person)))
        for connection in self._presence.connections():
            connection.push(told)
        for listener in self._listeners:
            listener(user.person)

    def send_me(self, user: User) -> None:
        """Tell all connections of a user what they now are."""
        self._presence.changes.record(user.id)
        told = encode_frame(encode(MeChange(me=user.me)))
        for connection in self._presence.user_connections(user.id):
            connection.push(told)
