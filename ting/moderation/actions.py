"""What moderators do: mute, kick, ban, and delete what others wrote.

Each use case checks who asks, writes the act into the audit log, and only then does it: nothing is done that is not
in the log. A moderator has power over those whose role is lower, and nobody over themselves.
"""

from ting.core import names
from ting.core.clock import DAY_MS, MINUTE_MS, Clock
from ting.core.conversation_ids import parse_channel_id
from ting.core.errors import BadReason, NotAllowed, UnknownName
from ting.core.models import AuditEntry, Ban, ConversationId, Role, User, is_text
from ting.core.networks import network_of
from ting.moderation.enforcement import Enforcement
from ting.moderation.restrictions import Restrictions
from ting.protocol import Removed
from ting.realtime.framing import broadcast
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores

# Addresses change hands: another user has this one sooner or later.
ADDRESS_BANNED_MS = 7 * DAY_MS
MAX_REASON_CHARS = 200


class ModeratorActions:
    """The use cases of keeping order."""

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
        """Keep somebody from writing for a while; they may read. What they are typing is gone.

        Raises `BadReason`, `UnknownName`, `NotAllowed`, `Busy`, as all here do.
        """
        reason, whom = _checked_reason(reason), await self._target(by, name)
        now = self._clock()
        until = now + minutes * MINUTE_MS
        await self._audit.append(now, by.id, "mute", whom=whom.id, until=until, reason=reason)
        await self._users.change(whom.id, muted_until=until, mute_reason=reason or None)
        await self._enforcement.apply(whom.id)
        return whom

    async def unmute(self, by: User, name: str) -> User:
        """Let somebody write again."""
        whom = await self._target(by, name)
        await self._audit.append(self._clock(), by.id, "unmute", whom=whom.id)
        await self._users.change(whom.id, muted_until=None, mute_reason=None)
        await self._enforcement.apply(whom.id)
        return whom

    async def kick(self, by: User, name: str, conversation: ConversationId, reason: str = "") -> User:
        """Send somebody out of a channel; they may come back after a minute. Raises `BadConversation`."""
        reason, channel = _checked_reason(reason), parse_channel_id(conversation)
        whom = await self._target(by, name)
        await self._audit.append(self._clock(), by.id, "kick", whom=whom.id, conversation=channel, reason=reason)
        until = self._restrictions.kick(channel, whom.id)
        connections = self._presence.user_subscribers(channel, whom.id)
        broadcast(connections, Removed(how="kicked", reason=reason, conversation=channel, until=until))
        for connection in connections:
            self._live.leave(channel, connection)
        return whom

    async def ban(self, by: User, name: str, days: float | None, reason: str = "", *, address: bool = False) -> User:
        """Keep somebody, and their name, out: for so many days, or for good. Their websockets are closed.

        With `address`, also whoever comes from where they were last: for a week at most, and not the network that
        `by` uses.
        """
        reason, whom = _checked_reason(reason), await self._target(by, name)
        now = self._clock()
        until = None if days is None else now + int(days * DAY_MS)
        networks = await self._networks(whom, by) if address else ()
        ban = Ban(
            user=whom.id,
            name=whom.name,
            keys=tuple(names.user_keys(whom.name)),
            at=now,
            until=until,
            reason=reason,
            by=by.id,
            networks=networks,
            networks_until=min(now + ADDRESS_BANNED_MS, until or now + ADDRESS_BANNED_MS) if networks else None,
        )
        await self._audit.append(now, by.id, "ban", whom=whom.id, until=until, address=bool(networks), reason=reason)
        await self._bans.put(ban)
        await self._enforcement.apply(whom.id)
        return whom

    async def unban(self, by: User, name: str) -> User | None:
        """Let somebody in again; None if they have no name any more. Raises `UnknownName` for who is not banned."""
        ban = self._restrictions.ban_of_name(names.user_keys(names.user_name(name)))
        if ban is None:
            raise UnknownName("There is no banned user with this name.")
        await self._audit.append(self._clock(), by.id, "unban", whom=ban.user)
        await self._bans.remove(ban.user)
        await self._enforcement.apply(ban.user)
        return await self._users.get(ban.user)

    def bans(self) -> list[Ban]:
        """All bans that hold, the newest first."""
        return self._restrictions.bans()

    async def set_role(self, by: User, name: str, role: Role) -> User:
        """Give somebody a role; admins do this, and not to themselves, so that one of them is left."""
        whom = await self._users.find_by_name(name)
        if not self._restrictions.has_role(by.id, "admin") or whom.id == by.id:
            raise NotAllowed("Only admins can change roles, and only those of other users.")
        await self._audit.append(self._clock(), by.id, "role", whom=whom.id, role=role)
        await self._users.change(whom.id, role=None if role == "member" else role)
        await self._enforcement.apply(whom.id)
        return whom

    async def audit_page(self, before: str | None, limit: int) -> tuple[list[AuditEntry], bool]:
        """The audit log before an act (None: from its end), the newest first, and whether there is more."""
        return await self._audit.page(before, limit)

    async def _target(self, by: User, name: str) -> User:
        """Somebody over whom `by` has power."""
        if not self._restrictions.has_role(by.id, "moderator"):
            raise NotAllowed
        whom = await self._users.find_by_name(name)
        if whom.id == by.id:
            raise NotAllowed("You cannot do this to yourself.")
        if not self._restrictions.outranks(by.id, whom.id):
            raise NotAllowed("You can only do this to users with a lower role than yours.")
        return whom

    async def _networks(self, whom: User, by: User) -> tuple[str, ...]:
        """Where somebody was last, on all their devices, but not where `by` is."""
        theirs = {network_of(session.address) for session in await self._sessions.for_user(whom.id)}
        own = {network_of(session.address) for session in await self._sessions.for_user(by.id)}
        return tuple(sorted(theirs - own - {""}))


def _checked_reason(reason: str) -> str:
    """A reason in one line. Raises `BadReason`."""
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON_CHARS or not is_text(reason):
        raise BadReason
    return reason
