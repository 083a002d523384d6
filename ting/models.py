"""The values that travel through the server. Frozen: whoever holds one holds it as it was."""

import hashlib
import re
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from ting.profile import SHOWN_AT_FIRST, Language, Notifications, Profile, Showable, Theme, TypingView

MAX_TEXT_CHARS = 4000
MAX_TOPIC_CHARS = 200
MAX_QUOTE_CHARS = 160
HERE = "here"  # a mention of everybody
MAX_EMOJI_CHARS = 16
MAX_DIFFERENT_REACTIONS = 20
MAX_REACTIONS = 1000  # of one message: every change of it tells them all

# RFC 9562, 5.7: version 7, variant 10.
MESSAGE_ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"

ConversationId = str
UserId = str
MessageId = Annotated[str, Meta(pattern=MESSAGE_ID_PATTERN, description="a UUIDv7 in small letters")]
Milliseconds = int  # since 1970, UTC, from the server's clock
Notify = Literal["all", "mentions", "nothing"]
MessageKind = Literal["text", "action"]
Role = Literal["member", "moderator", "admin"]

Traces = Literal["keep", "remove"]  # what becomes of the messages of somebody who deletes their account


class Person(Struct, frozen=True, omit_defaults=True):
    """What others see of a user. `avatar` is the hash of their picture; "" is the one that is drawn from the name.

    `former`: the name is not theirs any more, so somebody else may have it.
    """

    id: UserId
    name: str
    avatar: str = ""
    former: bool = False


class User(Struct, frozen=True, kw_only=True):
    """Somebody who has entered. `password` is the Argon2 hash; without one the name is its device's.

    `used` is when they were last here, `muted_until` when they may write again, if they may not; `ignored` are those
    who do not reach them.
    """

    id: UserId
    name: str
    created: Milliseconds
    used: Milliseconds
    password: str | None = None
    avatar: str = ""
    former: bool = False
    share_typing: TypingView | None = None
    see_typing: TypingView = "letters"
    language: Language | None = None
    theme: Theme | None = None
    profile: Profile = Profile()
    shown: tuple[Showable, ...] = SHOWN_AT_FIRST
    notifications: Notifications = Notifications()
    role: Role = "member"
    muted_until: Milliseconds | None = None
    mute_reason: str = ""
    ignored: tuple[UserId, ...] = ()

    @property
    def typing(self) -> "TypingChoices":
        return TypingChoices(self.share_typing, self.see_typing)

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.avatar, self.former)

    @property
    def me(self) -> "Me":
        return Me(
            id=self.id,
            name=self.name,
            avatar=self.avatar,
            created=self.created,
            has_password=self.password is not None,
            share_typing=self.share_typing,
            see_typing=self.see_typing,
            language=self.language,
            theme=self.theme,
            profile=self.profile,
            shown=self.shown,
            notifications=self.notifications,
            role=self.role,
            muted_until=self.muted_until,
            mute_reason=self.mute_reason,
            ignored=self.ignored,
        )


class TypingChoices(Struct, frozen=True):
    """What somebody shares of their typing, and sees of that of others. `share` is None until they were asked."""

    share: TypingView | None = None
    see: TypingView = "letters"

    @property
    def shared(self) -> TypingView:
        """What others may be shown: no letters before somebody has agreed to it."""
        return self.share or "indicator"


class Me(Struct, frozen=True, kw_only=True):
    """What a user sees of themselves. Of the profile, others see what is `shown`, and whether one is here."""

    id: UserId
    name: str
    avatar: str
    created: Milliseconds
    has_password: bool
    share_typing: TypingView | None
    see_typing: TypingView
    language: Language | None
    theme: Theme | None
    profile: Profile
    shown: tuple[Showable, ...]
    notifications: Notifications
    role: Role
    muted_until: Milliseconds | None
    mute_reason: str
    ignored: tuple[UserId, ...]


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What others see of a user who is looked at closely. `ignored` by the one who looks."""

    id: UserId
    name: str
    avatar: str = ""
    role: Role
    created: Milliseconds
    online: bool = False
    last_seen: Milliseconds | None = None
    age: int | None = None
    gender: str | None = None
    place: str | None = None
    muted_until: Milliseconds | None = None
    ignored: bool = False


class Draft(Struct, frozen=True):
    """A message that is being typed. A text of "" is one whose letters are not shown; None is one that is gone."""

    id: MessageId
    author: Person
    position: int
    text: str | None


class Session(Struct, frozen=True, kw_only=True):
    """One browser or program that is signed in. `id` is the hash of its token; the token itself is not kept.

    `program`: it shows a token that was made for programs, rather than a cookie. `expires`: it has an end.
    """

    id: str
    user: User
    used: Milliseconds = 0
    program: bool = False
    expires: Milliseconds | None = None

    @property
    def counted(self) -> str:
        """For whom it is counted how much is done: a user on all their devices, but a program for itself."""
        return self.id if self.program else self.user.id


class TokenView(Struct, frozen=True, kw_only=True):
    """A token for programs, as its user sees it in the list of them. `id` is not its secret, nor the hash of it."""

    id: str
    name: str
    created: Milliseconds
    used: Milliseconds | None = None
    expires: Milliseconds | None = None


class Device(Struct, frozen=True):
    """Where a session is used: what the browser says of itself, and the address."""

    agent: str
    address: str


class SessionView(Struct, frozen=True):
    """A session, as its user sees it in the list of them. `id` is not its token, nor the whole hash of it."""

    id: str
    agent: str
    address: str
    created: Milliseconds
    used: Milliseconds
    current: bool


class Quote(Struct, frozen=True, omit_defaults=True):
    """The message that another one answers, as it now is: the beginning of its text."""

    id: MessageId
    author: Person
    text: str
    deleted: bool = False


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that a message brings: its size in bytes; of a picture, width and height in pixels.

    `preview` says that there is a smaller picture of it.
    """

    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    preview: bool = False


class Message(Struct, frozen=True, kw_only=True, tag_field="type", tag="message", omit_defaults=True):
    """A committed message, as it now is. It is its own frame on the wire."""

    id: MessageId
    conversation: ConversationId
    seq: int
    first: int
    position: int
    author: Person
    kind: MessageKind
    text: str
    started: Milliseconds
    sent: Milliseconds
    edited: Milliseconds | None = None
    edited_from: int | None = None  # the seq of the version that the last edit went over
    deleted: Milliseconds | None = None
    reply_to: Quote | None = None
    file: File | None = None
    reactions: dict[str, list[UserId]] = {}  # of each emoji, who reacted with it, in the order in which they did
    mentions: list[str] = []  # user ids, or "here" for everybody
    via: str | None = None  # the name of the command that spoke

    @property
    def quote(self) -> Quote:
        """What an answer to this message shows of it."""
        return Quote(self.id, self.author, self.text[:MAX_QUOTE_CHARS], self.deleted is not None)


class Conversation(Struct, frozen=True, kw_only=True):
    """What is known of a conversation beyond its messages."""

    id: ConversationId
    topic: str = ""


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


class Counts(Struct, frozen=True):
    """How many messages of others somebody has not read, and in how many of them they are called."""

    unread: int = 0
    mentions: int = 0


def session_id(token: str) -> str:
    """What the database knows of a session's token.

    A plain SHA-256 is enough here: the token has 256 random bits, so there is nothing to guess from the hash.
    """
    return hashlib.sha256(token.encode()).hexdigest()


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def is_text(entered: str) -> bool:
    """Whether there are neither control characters (but tabs and line ends) nor halves of surrogate pairs in it."""
    return _UNWANTED.search(entered) is None


def message_text(entered: str) -> str | None:
    """The text as it is kept, or None where it cannot be a message's.

    Line ends become `\\n`. Control characters and lone surrogates have no place in a text; tabs and line ends do.
    """
    text = entered.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip() or len(text) > MAX_TEXT_CHARS or not is_text(text):
        return None
    return text
