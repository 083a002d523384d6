"""Memberships, and the entries of a user's conversation list."""

from typing import Literal

from msgspec import Struct, field

from ting.core.models.ids import ConversationId, Milliseconds, UserId
from ting.core.models.users import Person

Notify = Literal["all", "mentions", "nothing"]


class Membership(Struct, frozen=True, kw_only=True):
    """A user's membership in a conversation: the read mark, and its place in the user's list.

    `read` is a seq. `active` is when the conversation was last bumped to the top of the list. Both are kept while it
    is not `listed`.
    """

    user: UserId
    conversation: ConversationId
    active: Milliseconds
    read: int = 0
    listed: bool = True
    pinned: bool = False
    notify: Notify | None = None  # None: the user chose nothing


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A conversation in a user's list. `unread` and `mentions` are counted up to `head`.

    Direct conversations only: `with` is the other user, `online` is whether that user is connected (None if hidden).
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
    """The number of unread messages of other users, and how many of them mention the user."""

    unread: int = 0
    mentions: int = 0
