"""What moderators do: mute, kick and ban users, and change roles.

Each use case checks the role of the caller, appends to the audit log, and only then acts, so that every action is in
the log. Moderators can act on users with a lower role, and never on themselves.
"""

from ting.core import names
from ting.core.clock import DAY_MS, MINUTE_MS, Clock
from ting.core.conversation_ids import parse_channel_id
from ting.core.errors import BadReason, NotAllowed, UnknownName
from ting.core.models import AuditEntry, Ban, ConversationId, Role, User
from ting.core.networks import network_of
from ting.core.text import clean_line
from ting.moderation.enforcement import Enforcement
from ting.moderation.restrictions import Restrictions
from ting.protocol import Removed
from ting.realtime.framing import broadcast
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores

# Not longer, since providers assign addresses to other customers.
ADDRESS_BANNED_MS = 7 * DAY_MS
MAX_REASON_CHARS = 200


class ModeratorActions:
    """The use cases of moderation."""

    def __init__(
        self,
        stores: Stores,
        realtime: RealtimeServices,
        restrictions: Restrictions,
        enforcement: Enforcement,
        clock: Clock,
    ) -> None:
        self._users = stores.users
        self._sessions = stores.sessions
        self._bans = stores.bans
        self._audit = stores.audit
        self._presence = realtime.presence
        self._live = realtime.live
        self._restrictions = restrictions
        self._enforcement = enforcement
        self._clock = clock

    async def mute(self, by: User, name: str, minutes: int, reason: str = "") -> User:
        """Mute a user for some minutes: they can read, but not write. Their drafts are dropped.

        Raises `BadReason`, `UnknownName`, `NotAllowed`, `Busy`, as the other actions do.
        """
        reason, target = _checked_reason(reason), await self._target(by, name)
        now = self._clock()
        until = now + minutes * MINUTE_MS
        await self._audit.append(now, by.id, "mute", whom=target.id, until=until, reason=reason)
        await self._users.change(target.id, muted_until=until, mute_reason=reason or None)
        await self._enforcement.apply(target.id)
        return target

    async def unmute(self, by: User, name: str) -> User:
        """End the mute of a user."""
        target = await self._target(by, name)
        await self._audit.append(self._clock(), by.id, "unmute", whom=target.id)
        await self._users.change(target.id, muted_until=None, mute_reason=None)
        await self._enforcement.apply(target.id)
        return target

    async def kick(self, by: User, name: str, conversation: ConversationId, reason: str = "") -> User:
        """Remove a user from a channel; they can rejoin after a minute. Raises `BadConversation`."""
        reason, channel = _checked_reason(reason), parse_channel_id(conversation)
        target = await self._target(by, name)
        await self._audit.append(self._clock(), by.id, "kick", whom=target.id, conversation=channel, reason=reason)
        until = self._restrictions.kick(channel, target.id)
        connections = self._presence.user_subscribers(channel, target.id)
        broadcast(connections, Removed(how="kicked", reason=reason, conversation=channel, until=until))
        for connection in connections:
            self._live.leave(channel, connection)
        return target

    async def ban(self, by: User, name: str, days: float | None, reason: str = "", *, address: bool = False) -> User:
        """Ban a user and their name, for some days or permanently. Their websockets are closed.

        Their sessions and tokens end, and stay ended after the ban.
        With `address`, their last networks are banned too: for a week at most, and never the network that `by` uses.
        """
        reason, target = _checked_reason(reason), await self._target(by, name)
        now = self._clock()
        until = None if days is None else now + int(days * DAY_MS)
        networks = await self._networks(target, by) if address else ()
        ban = Ban(
            user=target.id,
            name=target.name,
            keys=tuple(names.name_keys(target.name)),
            at=now,
            until=until,
            reason=reason,
            by=by.id,
            networks=networks,
            networks_until=min(now + ADDRESS_BANNED_MS, until or now + ADDRESS_BANNED_MS) if networks else None,
        )
        await self._audit.append(now, by.id, "ban", whom=target.id, until=until, address=bool(networks), reason=reason)
        await self._bans.put(ban)
        # The ban first: a request whose session has ended is told why. It also refuses all sessions that begin later.
        await self._enforcement.apply(target.id)
        await self._sessions.expire_all(target.id, now)
        return target

    async def unban(self, by: User, name: str) -> User | None:
        """Unban a user; None if they have no name any more. Raises `UnknownName` if no such user is banned.

        The ban has ended their sessions. A user without a password cannot sign in again, so the name becomes free.
        """
        ban = self._restrictions.ban_of_name(names.name_keys(names.user_name(name)))
        if ban is None:
            raise UnknownName("There is no banned user with this name.")
        await self._audit.append(self._clock(), by.id, "unban", whom=ban.user)
        await self._sessions.expire_all(ban.user, self._clock())  # for bans from before sessions ended with them
        await self._bans.remove(ban.user)
        await self._users.release(ban.user)
        await self._enforcement.apply(ban.user)
        user = await self._users.get(ban.user)
        return None if user is None or user.former else user

    def bans(self) -> list[Ban]:
        """The active bans, newest first."""
        return self._restrictions.bans()

    async def set_role(self, by: User, name: str, role: Role) -> User:
        """Change the role of another user. Admins cannot change their own, so one admin always remains."""
        target = await self._users.find_by_name(name)
        if not self._restrictions.has_role(by.id, "admin") or target.id == by.id:
            raise NotAllowed("Only admins can change roles, and only those of other users.")
        await self._audit.append(self._clock(), by.id, "role", whom=target.id, role=role)
        await self._users.change(target.id, role=None if role == "member" else role)
        await self._enforcement.apply(target.id)
        return target

    async def audit_page(self, before: str | None, limit: int) -> tuple[list[AuditEntry], bool]:
        """A page of the audit log before an entry (None: from the end), newest first, and whether there is more."""
        return await self._audit.page(before, limit)

    async def _target(self, by: User, name: str) -> User:
        """The user of this name, if `by` outranks them."""
        if not self._restrictions.has_role(by.id, "moderator"):
            raise NotAllowed
        target = await self._users.find_by_name(name)
        if target.id == by.id:
            raise NotAllowed("You cannot do this to yourself.")
        if not self._restrictions.outranks(by.id, target.id):
            raise NotAllowed("You can only do this to users with a lower role than yours.")
        return target

    async def _networks(self, target: User, by: User) -> tuple[str, ...]:
        """The last networks of all sessions of a user, except those that `by` uses."""
        target_networks = {network_of(session.address) for session in await self._sessions.for_user(target.id)}
        own_networks = {network_of(session.address) for session in await self._sessions.for_user(by.id)}
        return tuple(sorted(target_networks - own_networks - {""}))


def _checked_reason(reason: str) -> str:
    """The reason as a single line. Raises `BadReason`."""
    line = clean_line(reason)
    if line is None or len(line) > MAX_REASON_CHARS:
        raise BadReason
    return line
