"""Ignoring: anybody may stop hearing from anybody. The ghosts of those one ignores do not reach one."""

import msgspec

from ting.core.errors import NotAllowed, UnknownName
from ting.core.models import Person, User
from ting.core.names import user_keys, user_name
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.users import IgnoringStore, UserStore


class IgnoreLists:
    """The use cases of ignoring."""

    def __init__(
        self,
        users: UserStore,
        ignoring: IgnoringStore,
        presence: Presence,
        drafts: DraftBroadcaster,
        broadcaster: UserBroadcaster,
    ) -> None:
        self._users = users
        self._ignoring = ignoring
        self._presence = presence
        self._drafts = drafts
        self._broadcaster = broadcaster

    async def ignore(self, user: User, name: str) -> User:
        """Hear nothing from somebody from now on. Raises `UnknownName`, `NotAllowed`, `TooMany`, `Busy`."""
        other = await self._users.find_by_keys(user_keys(user_name(name)))
        if other is None:
            raise UnknownName
        if other.id == user.id:
            raise NotAllowed("Nobody can ignore themselves.")
        await self._ignoring.add(user.id, other.id)
        return await self._apply(user)

    async def unignore(self, user: User, name: str) -> User:
        """Hear from somebody again. Doing so with one who is not ignored changes nothing. Raises `Busy`.

        Those who left have no name any more, or one that is another's: they go by their id.
        """
        ignored = await self.ignored(user)
        other = next((person.id for person in ignored if person.id == name), None)
        if other is None:
            keys = set(user_keys(name))
            other = next((person.id for person in ignored if keys.intersection(user_keys(person.name))), None)
        if other is not None:
            await self._ignoring.remove(user.id, other)
        return await self._apply(user)

    async def ignored(self, user: User) -> list[Person]:
        """Whom somebody ignores."""
        persons = await self._users.persons(user.ignored)
        return [persons[user_id] for user_id in user.ignored]

    async def _apply(self, user: User) -> User:
        """Read anew whom a user ignores, and hold to it on all of their devices."""
        changed = await self._users.get(user.id) or msgspec.structs.replace(user, ignored=())
        for connection in self._presence.user_connections(user.id):
            connection.ignores = frozenset(changed.ignored)
        self._broadcaster.send_me(changed)
        self._drafts.preferences_changed(user.id)
        return changed
