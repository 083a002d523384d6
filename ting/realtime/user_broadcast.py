"""Somebody is not quite who they were: everything that remembers persons hears of it, and so do people.

`UserStore` remembers what it wrote itself. Here are the live parts: connections, rooms and ghosts.
"""

from collections.abc import Callable

from ting.core.models import Person, User
from ting.protocol import MeChange, PersonChange, encode
from ting.realtime.draft_broadcast import Ghosts
from ting.realtime.framing import framed
from ting.realtime.presence import Presence


class Persons:
    """Tells of users as they now are."""

    def __init__(self, presence: Presence, ghosts: Ghosts) -> None:
        self._presence = presence
        self._ghosts = ghosts
        self._listeners: list[Callable[[Person], None]] = []

    def listen(self, listener: Callable[[Person], None]) -> None:
        """`listener` is told of persons who changed. It must not raise and does not wait."""
        self._listeners.append(listener)

    def changed(self, user: User) -> None:
        """Others see somebody differently from now on: another picture, another name, or former. Everybody is told."""
        self._presence.changes.note(user.id)
        self._presence.renew(user.person)
        self._ghosts.author_changed(user.id)
        told = framed(encode(PersonChange(person=user.person)))
        for connection in self._presence.everyone():
            connection.push(told)
        for listener in self._listeners:
            listener(user.person)

    def tell_me(self, user: User) -> None:
        """Tell all connections of a user what they now are."""
        self._presence.changes.note(user.id)
        told = framed(encode(MeChange(me=user.me)))
        for connection in self._presence.of_user(user.id):
            connection.push(told)
