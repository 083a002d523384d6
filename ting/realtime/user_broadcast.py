"""Broadcasts changes of a user's public data, and updates the live copies of it.

`UserStore` updates its own cache. This module updates connections, subscribers and drafts.
"""

from collections.abc import Callable

from ting.core.models import Person, User
from ting.protocol import MeChange, PersonChange
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.framing import broadcast
from ting.realtime.presence import Presence


class UserBroadcaster:
    """Sends the current data of users to connections."""

    def __init__(self, presence: Presence, drafts: DraftBroadcaster) -> None:
        self._presence = presence
        self._drafts = drafts
        self._listeners: list[Callable[[Person], None]] = []

    def on_person_changed(self, listener: Callable[[Person], None]) -> None:
        """Call `listener` with each person who changed. It must not raise and does not wait."""
        self._listeners.append(listener)

    def broadcast_person(self, user: User) -> None:
        """A user changed their avatar or name, or deleted their account: broadcast that to all connections."""
        self._presence.changes.record(user.id)
        self._presence.update_person(user.person)
        self._drafts.author_changed(user.id)
        broadcast(self._presence.connections(), PersonChange(person=user.person))
        for listener in self._listeners:
            listener(user.person)

    def send_me(self, user: User) -> None:
        """Send a user's own data to all their connections."""
        self._presence.changes.record(user.id)
        broadcast(self._presence.user_connections(user.id), MeChange(me=user.me))
