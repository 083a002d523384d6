"""Roles and restrictions in memory: mutes, kicks, bans. A check costs no query.

Only users with a role or a restriction have an entry, and these are few. `enforcement.py` loads roles, mutes and bans
from the database. Kicks last a minute and exist only in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from ting.core.errors import Banned, Kicked, Muted, Refused
from ting.core.models import Ban, ConversationId, Milliseconds, Role, User, UserId
from ting.core.networks import network_of

RANKS: dict[Role, int] = {"member": 0, "moderator": 1, "admin": 2}
KICKED_MS = 60 * 1000


class Mute(NamedTuple):
    """When a mute ends, and its reason."""

    until: Milliseconds
    reason: str


class Restrictions:
    """The roles and restrictions of all users who have any."""

    def __init__(self, clock: Callable[[], Milliseconds]) -> None:
        self._clock = clock
        self._roles: dict[UserId, Role] = {}
        self._mutes: dict[UserId, Mute] = {}
        self._bans: dict[UserId, Ban] = {}
        self._banned_keys: dict[str, list[Ban]] = {}
        self._banned_networks: dict[str, list[Ban]] = {}
        self._kicks: dict[tuple[ConversationId, UserId], Milliseconds] = {}

    def replace(self, users: Iterable[User], bans: Iterable[Ban]) -> None:
        """Replace everything with what the database holds."""
        for known in (self._roles, self._mutes, self._bans):
            known.clear()
        for user in users:
            self.set_role_and_mute(user)
        self._bans.update((ban.user, ban) for ban in bans)
        self._index_bans()

    def set(self, user_id: UserId, user: User | None, ban: Ban | None) -> None:
        """Set the role and restrictions of a user; `user` is None if the user does not exist any more."""
        self._roles.pop(user_id, None)
        self._mutes.pop(user_id, None)
        if user is not None:
            self.set_role_and_mute(user)
        if self._bans.pop(user_id, None) or ban:
            if ban:
                self._bans[user_id] = ban
            self._index_bans()

    def set_role_and_mute(self, user: User) -> None:
        """Set the role and mute of a user. A role or mute that they had before is not removed."""
        if user.role != "member":
            self._roles[user.id] = user.role
        if user.muted_until is not None:
            self._mutes[user.id] = Mute(user.muted_until, user.mute_reason)

    def kick(self, conversation: ConversationId, user_id: UserId) -> Milliseconds:
        """Keep a user out of a conversation for a minute. Returns when that ends."""
        self._drop_expired_kicks()
        until = self._kicks[conversation, user_id] = self._clock() + KICKED_MS
        return until

    def limit_times(self, now: Milliseconds) -> None:
        """The clock was set back: a kick still lasts a minute at most."""
        self._kicks = {key: min(until, now + KICKED_MS) for key, until in self._kicks.items()}

    def role(self, user_id: UserId) -> Role:
        return self._roles.get(user_id, "member")

    def has_role(self, user_id: UserId, role: Role) -> bool:
        """Whether a user has this role or a higher one."""
        return RANKS[self.role(user_id)] >= RANKS[role]

    def outranks(self, user_id: UserId, other: UserId) -> bool:
        """Whether a user's role is higher than that of another user."""
        return RANKS[self.role(user_id)] > RANKS[self.role(other)]

    def mute_of(self, user_id: UserId) -> Mute | None:
        """The active mute of a user."""
        mute = self._mutes.get(user_id)
        return mute if mute and mute.until > self._clock() else None

    def bans(self) -> list[Ban]:
        """The active bans, newest first."""
        now = self._clock()
        return sorted((ban for ban in self._bans.values() if ban.is_active(now)), key=lambda ban: ban.at, reverse=True)

    def ban_of_user(self, user_id: UserId) -> Ban | None:
        """The active ban of a user, wherever they are."""
        ban = self._bans.get(user_id)
        return ban if ban and ban.is_active(self._clock()) else None

    def ban_of_name(self, keys: Sequence[str]) -> Ban | None:
        """The active ban of a user whose name had one of these keys when they were banned."""
        now = self._clock()
        found = chain.from_iterable(self._banned_keys.get(key, ()) for key in keys)
        return next((ban for ban in found if ban.is_active(now)), None)

    def ban_of(self, user_id: UserId, address: str) -> Ban | None:
        """The ban that applies to a user at this address. A banned address does not affect moderators."""
        if ban := self.ban_of_user(user_id):
            return ban
        return None if self.has_role(user_id, "moderator") else self._ban_of_address(address, self._clock())

    def check_name(self, keys: Sequence[str], address: str) -> None:
        """Raises `Banned` if this name or this address is banned. Called before a registration."""
        ban = self.ban_of_name(keys) or self._ban_of_address(address, self._clock())
        if ban is not None:
            raise self._banned(ban)

    def check_user(self, user_id: UserId, address: str) -> None:
        """Raises `Banned` if this user, or their address, is banned."""
        if self._bans:
            ban = self.ban_of(user_id, address)
            if ban is not None:
                raise self._banned(ban)

    def check_write(self, user_id: UserId, conversation: ConversationId) -> None:
        """Raises `Muted`, `Kicked` if a user may not write in a conversation. Called for every message: two lookups."""
        if user_id in self._mutes:
            mute = self.mute_of(user_id)
            if mute is not None:
                raise self._until(Muted, "You are muted", mute.until, mute.reason)
        if self._kicks:
            self.check_join(user_id, conversation)

    def check_join(self, user_id: UserId, conversation: ConversationId) -> None:
        """Raises `Kicked` if a user was removed from a conversation less than a minute ago."""
        until = self._kicks.get((conversation, user_id), 0)
        if until > self._clock():
            raise Kicked(retry_after=(until - self._clock()) / 1000)

    def _drop_expired_kicks(self) -> None:
        now = self._clock()
        self._kicks = {key: until for key, until in self._kicks.items() if until > now}

    def _index_bans(self) -> None:
        self._banned_keys, self._banned_networks = {}, {}
        for ban in self._bans.values():
            for key in ban.keys:
                self._banned_keys.setdefault(key, []).append(ban)
            for network in ban.networks:
                self._banned_networks.setdefault(network, []).append(ban)

    def _ban_of_address(self, address: str, now: Milliseconds) -> Ban | None:
        if not self._banned_networks:
            return None
        found = self._banned_networks.get(network_of(address), ())
        return next((ban for ban in found if ban.is_active(now) and (ban.networks_until or now) > now), None)

    def _banned(self, ban: Ban) -> Refused:
        return self._until(Banned, "You are banned from this server", ban.until, ban.reason)

    def _until(self, error: type[Refused], what: str, until: Milliseconds | None, reason: str) -> Refused:
        because = f": {reason}" if reason else "."
        if until is None:
            return error(what + because, reason=reason)
        when = datetime.fromtimestamp(until / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        return error(f"{what} until {when} (UTC){because}", retry_after=(until - self._clock()) / 1000, reason=reason)
