"""Ignore lists. Drafts and notifications of an ignored user do not reach the user who ignores them."""

import msgspec

from ting.core.errors import NotAllowed
from ting.core.models import Person, User
from ting.core.names import name_keys
from ting.realtime.services import RealtimeServices
from ting.store.users import UserStore


class IgnoreLists:
    """The use cases of ignore lists."""

    def __init__(self, users: UserStore, realtime: RealtimeServices) -> None:
        self._users = users
        self._presence = realtime.presence
        self._drafts = realtime.drafts
        self._broadcaster = realtime.broadcaster

    async def ignore(self, user: User, name: str) -> User:
        """Ignore another user. Raises `BadName`, `UnknownName`, `NotAllowed`, `TooMany`, `Busy`."""
        other = await self._users.find_by_name(name)
        if other.id == user.id:
            raise NotAllowed("You cannot ignore yourself.")
        await self._users.ignore(user.id, other.id)
        return await self._apply(user)

    async def unignore(self, user: User, name: str) -> User:
        """Stop ignoring a user. Nothing changes if the user is not ignored. Raises `Busy`.

        `name` may also be a user id: a deleted user has no name, and another user may have taken the old name.
        """
        ignored = await self.ignored(user)
        other = next((person.id for person in ignored if person.id == name), None)
        if other is None:
            keys = set(name_keys(name))
            other = next((person.id for person in ignored if keys.intersection(name_keys(person.name))), None)
        if other is not None:
            await self._users.unignore(user.id, other)
        return await self._apply(user)

    async def ignored(self, user: User) -> list[Person]:
        """The users that a user ignores."""
        persons = await self._users.persons(user.ignored)
        return [persons[user_id] for user_id in user.ignored]

    async def _apply(self, user: User) -> User:
        """Read the list again, and apply it to all connections of the user."""
        changed = await self._users.get(user.id) or msgspec.structs.replace(user, ignored=())
        for connection in self._presence.user_connections(user.id):
            connection.ignores = frozenset(changed.ignored)
        self._broadcaster.send_me(changed)
        self._drafts.preferences_changed(user.id)
        return changed
