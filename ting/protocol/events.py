"""What the server sends. `Message` (in `models`) is its own frame."""

from typing import Literal

from msgspec import Struct

from ting.core.errors import Refused
from ting.core.models import ConversationId, Draft, Entry, Me, Message, Milliseconds, Person, UserId


class Event(Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """What the server sends."""


class ClientLimits(Struct, frozen=True):
    """Limits a client can check before it sends: characters, characters, bytes, bytes, and media types.

    A file of one of the types in `pictures` is shown as a picture.
    """

    text: int
    topic: int
    frame: int
    file: int
    pictures: tuple[str, ...]


class CommandArgument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a command takes at one place. `keyword`: written as --name; `many`: any number of them."""

    name: str
    kind: Literal["text", "number", "choice", "user", "channel", "duration", "time", "flag", "rest", "custom"]
    required: bool = False
    choices: list[str] = []
    keyword: bool = False
    many: bool = False


class CommandUsage(Struct, frozen=True):
    """A slash command, as shown in a list of them. `role`: who may run it."""

    name: str
    plugin: str
    usage: str
    summary: str
    arguments: list[CommandArgument] = []
    role: Literal["everyone", "member", "moderator", "admin"] = "everyone"


class Welcome(Event, frozen=True, tag="welcome"):
    """The first frame of a connection."""

    me: Me
    version: str
    limits: ClientLimits
    commands: list[CommandUsage]


class Joined(Event, frozen=True, tag="joined"):
    """The live state of a conversation, taken in one step with the subscription."""

    ref: int
    conversation: ConversationId
    topic: str
    head: int
    people: list[Person]
    read: int
    drafts: list[Draft]
    mine: Draft | None = None


class Ack(Event, frozen=True, tag="ack"):
    """Done and durable."""

    ref: int
    id: str | None = None
    seq: int | None = None
    position: int | None = None


class Error(Event, frozen=True, tag="error", kw_only=True):
    """Not done. `retry_after` in seconds; `reason` is that of a moderator, for a mute or a ban."""

    ref: int | None = None
    code: str
    message: str
    field: str | None = None
    retry_after: float | None = None
    reason: str | None = None

    @classmethod
    def of(cls, refused: Refused, ref: int | None = None) -> "Error":
        """The frame that tells a client of a refusal."""
        return cls(
            ref=ref,
            code=refused.code,
            message=refused.message,
            field=refused.field,
            retry_after=refused.retry_after,
            reason=refused.reason,
        )


class DraftChange(Event, frozen=True, tag="draft"):
    """Ghosts that changed since the last such frame; with `all`, every ghost there is.

    With `mine`, drafts of the receiver's own; they are never among the others.
    """

    conversation: ConversationId
    drafts: list[Draft]
    mine: bool = False
    all: bool = False


class MeChange(Event, frozen=True, tag="me"):
    """The receiver's own user as it now is."""

    me: Me


class PersonChange(Event, frozen=True, tag="person"):
    """Somebody as they now are. To everybody, whether or not they share a conversation."""

    person: Person


class PresenceChange(Event, frozen=True, tag="presence"):
    """People who came and went since the last such frame."""

    conversation: ConversationId
    came: list[Person]
    went: list[str]


class ConversationChange(Event, frozen=True, tag="conversation"):
    """A conversation as it now is."""

    conversation: ConversationId
    topic: str


class Removed(Event, frozen=True, tag="removed"):
    """The receiver was sent out: kicked from a conversation, or banned altogether; then the websocket closes."""

    how: Literal["kicked", "banned"]
    reason: str
    conversation: ConversationId | None = None
    until: Milliseconds | None = None


class ReadChange(Event, frozen=True, tag="read"):
    """The receiver has read up to `seq` on another device; what is left to read, counted up to `head`."""

    conversation: ConversationId
    seq: int
    head: int
    unread: int
    mentions: int


class EntryChange(Event, frozen=True, tag="entry"):
    """A conversation in the receiver's list as it now is."""

    entry: Entry


class Unlisted(Event, frozen=True, tag="unlisted"):
    """A conversation is not in the receiver's list any more."""

    conversation: ConversationId


class OnlineChange(Event, frozen=True, tag="online"):
    """Somebody with whom the receiver has a private in the list came online, or went."""

    user: UserId
    online: bool


class Activity(Event, frozen=True, tag="activity"):
    """What was said in a conversation that the receiver lists, but is not subscribed to: the newest of it."""

    conversation: ConversationId
    head: int
    messages: list[Message]


class Notice(Event, frozen=True, tag="notice"):
    """Shown to one user alone, not stored. A later one with the same id stands in its place; without text, nothing."""

    conversation: ConversationId
    text: str
    ref: int | None = None
    id: str | None = None


class CommandsChange(Event, frozen=True, tag="commands"):
    """The commands that the receiver may run, as they now are."""

    commands: list[CommandUsage]


AnyEvent = (
    Welcome
    | Joined
    | Ack
    | Error
    | Message
    | DraftChange
    | MeChange
    | PersonChange
    | PresenceChange
    | ConversationChange
    | Removed
    | ReadChange
    | EntryChange
    | Unlisted
    | OnlineChange
    | Activity
    | Notice
    | CommandsChange
)
