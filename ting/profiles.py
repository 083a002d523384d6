"""What people change about themselves, and what others see of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from ting import profile
from ting.errors import NoSession, UnknownName
from ting.ghosts import Ghosts
from ting.models import Card, Milliseconds, User
from ting.names import user_keys, user_name
from ting.persons import Persons
from ting.presence import Presence
from ting.profile import Changes
from ting.store.users import UserStore

TYPING = frozenset({"share_typing", "see_typing"})


class Profiles:
    """The use cases of profiles and personal settings."""

    def __init__(
        self,
        users: UserStore,
        presence: Presence,
        ghosts: Ghosts,
        persons: Persons,
        clock: Callable[[], Milliseconds],
    ) -> None:
        self._users = users
        self._presence = presence
        self._ghosts = ghosts
        self._persons = persons
        self._clock = clock

    async def change(self, user: User, changes: Changes) -> User:
        """Change all that is asked for, in one step, and tell the user's connections.

        Raises `BadEmail`, `BadBirthDate`, `BadGender`, `BadPlace`, `Busy`; then nothing is changed.
        """
        fields = _fields(changes, self._today())
        if not fields:
            return user
        changed = await self._users.change(user.id, **fields)
        if changed is None:
            raise NoSession
        if TYPING & fields.keys():
            self._hold_to(changed)
        self._persons.tell_me(changed)
        return changed

    async def card(self, name: str, viewer: User) -> Card:
        """What somebody shares with others. Raises `BadName`, `UnknownName`, `Busy`."""
        user = await self._users.named(user_keys(user_name(name)))
        if user is None:
            raise UnknownName
        about, shown = user.profile, user.shown
        present = bool(self._presence.of_user(user.id))
        return Card(
            id=user.id,
            name=user.name,
            avatar=user.avatar,
            role=user.role,
            created=user.created,
            online=present and "last_seen" in shown,
            last_seen=None if present or "last_seen" not in shown else user.used,
            age=profile.age(about.birth_date, self._today()) if about.birth_date and "age" in shown else None,
            gender=about.gender if "gender" in shown else None,
            place=about.place if "place" in shown else None,
            muted_until=user.muted_until,
            ignored=user.id in viewer.ignored,
        )

    def _hold_to(self, user: User) -> None:
        """From now on, on all of their devices, somebody shares and sees of typing what they chose."""
        for connection in self._presence.of_user(user.id):
            connection.typing = user.typing
        self._ghosts.choices_changed(user.id)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock() / 1000, UTC).date()


def _fields(changes: Changes, today: date) -> dict[str, Any]:
    """The fields of a user that change; None for those that are cleared."""
    wanted = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    checks: dict[str, Callable[[Any], Any]] = {
        "email": profile.email,
        "birth_date": lambda entered: profile.birth_date(entered, today),
        "gender": profile.gender,
        "place": profile.place,
        "shown": lambda shown: sorted(set(shown)),
        "notifications": msgspec.to_builtins,
    }
    return {
        name: checks[name](value) if name in checks and value is not None else value for name, value in wanted.items()
    }
