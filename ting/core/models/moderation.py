"""The values of keeping order: who is banned, who is invited, and what was done. Frozen, like those in `models`."""

from typing import Literal

from msgspec import Struct

from ting.core.models.ids import ConversationId, MessageId, Milliseconds, UserId
from ting.core.models.users import Person, Role


class Ban(Struct, frozen=True, kw_only=True):
    """Somebody who may not be here, nor anybody under their name (`keys`), or, for a shorter time, from their networks.

    `until` is None for a ban for good.
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
        """Whether it is not over yet."""
        return self.until is None or self.until > now


class Invitation(Struct, frozen=True, kw_only=True):
    """Lets so many people in, with a role. `first`: makes the first admin, and is for that alone.

    `by` is "" for the command line and the server itself.
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
]


class AuditEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry in the audit log: who did what to whom, and why. Fields that the act does not have are absent.

    `by` is the person with the id "" for what was done at the command line.
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
