"""Bans, invitations and entries of the audit log."""

from typing import Literal

from msgspec import Struct

from ting.core.models.ids import ConversationId, MessageId, Milliseconds, UserId
from ting.core.models.users import Person, Role


class Ban(Struct, frozen=True, kw_only=True):
    """A banned user, until a time; None for a permanent ban. Names with one of its `keys` are banned too.

    Until `networks_until`, so are clients at addresses in `networks`.
    """

    user: UserId
    name: str
    keys: tuple[str, ...]
    at: Milliseconds
    until: Milliseconds | None = None
    reason: str = ""
    by: UserId
    networks: tuple[str, ...] = ()
    networks_until: Milliseconds | None = None

    def is_active(self, now: Milliseconds) -> bool:
        """Whether the ban has not ended yet."""
        return self.until is None or self.until > now


class Invitation(Struct, frozen=True, kw_only=True):
    """Lets a number of users (`uses`) register with a role. `left` is how many uses remain.

    `first`: the server's own invitation for the first admin. `by` is "" for the command line and the server.
    """

    id: str
    role: Role
    uses: int
    left: int
    expires: Milliseconds
    by: UserId = ""
    first: bool = False


AuditAction = Literal[
    "role",
    "mute",
    "unmute",
    "kick",
    "ban",
    "unban",
    "delete",
    "invite",
    "revoke",
    "accept",
    "reset-password",
    "sign-out",
    "delete-account",
    "token-create",
    "token-revoke",
    "password",
    "rename",
    "end-session",
    "topic",
    "plugin-on",
    "plugin-off",
]


class AuditEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of the audit log: an action, who did it, the affected user (`whom`) and the reason.

    The reason of some actions says what was changed: the new topic, the old and the new name, the name of the token or
    of the plugin. It never contains a secret.
    For actions at the command line, `by` is a person with the id "". Fields that an action does not have are left out.
    """

    id: str
    at: Milliseconds
    by: Person
    act: AuditAction
    whom: Person | None = None
    conversation: ConversationId | None = None
    message: MessageId | None = None
    role: Role | None = None
    until: Milliseconds | None = None
    address: bool = False
    invitation: str | None = None
    reason: str = ""
