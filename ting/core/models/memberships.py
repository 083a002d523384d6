"""What a conversation is to a user: the membership, and the entry in the list."""

from typing import Literal

from msgspec import Struct, field

from ting.core.models.ids import ConversationId, Milliseconds, UserId
from ting.core.models.users import Person

Notify = Literal["all", "mentions", "nothing"]


class Membership(Struct, frozen=True, kw_only=True):
    """What a conversation is to somebody: how far they have read it, and how it stands in their list.

    `read` is a seq. `active` is when it last came to the top of the list; it stays known while it is not `listed`.
    """

    user: UserId
    conversation: ConversationId
    active: Milliseconds
    read: int = 0
    listed: bool = True
    pinned: bool = False
    notify: Notify | None = None  # None: nothing was chosen


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation in somebody's list. `unread` and `mentions` are counted up to `head`.

    Of a private: `with` whom, and whether they are `online` (None: they do not show it).
    """

    conversation: ConversationId
    with_: Person | None = field(default=None, name="with")
    topic: str = ""
    people: int = 0
    online: bool | None = None
    head: int
    read: int
    unread: int = 0
    mentions: int = 0
    active: Milliseconds
    pinned: bool = False
    notify: Notify


class UnreadCounts(Struct, frozen=True):
    """How many messages of others somebody has not read, and in how many of them they are called."""

    unread: int = 0
    mentions: int = 0
