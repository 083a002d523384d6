"""Frames that the server sends. `ting.core.models.Message` is its own frame."""

from typing import Literal

from msgspec import Struct

from ting.core.errors import Refused
from ting.core.models import ConversationId, Draft, Entry, Me, Message, Milliseconds, Person, UserId


class Event(Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """A frame that the server sends."""


class ClientLimits(Struct, frozen=True):
    """Limits that a client can check before it sends: `text` and `topic` in characters, `frame`, `file` and
    `avatar` in bytes.

    `pictures` are the media types of the files that are shown as images.
    """

    text: int
    topic: int
    frame: int
    file: int
    avatar: int
    pictures: tuple[str, ...]


class CommandArgument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An argument of a command. `keyword`: written as --name. `many`: can be given any number of times."""

    name: str
    kind: Literal["text", "number", "choice", "user", "channel", "duration", "time", "flag", "rest", "custom"]
    required: bool = False
    choices: list[str] = []
    keyword: bool = False
    many: bool = False


class CommandUsage(Struct, frozen=True):
    """A slash command as shown in the list of commands. `role` is the lowest role that can run it."""

    name: str
    plugin: str
    usage: str
    summary: str
    arguments: list[CommandArgument] = []
    role: Literal["everyone", "member", "moderator", "admin"] = "everyone"


class Welcome(Event, frozen=True, tag="welcome"):
    """The first frame of a connection. `epoch` is the id of the database's current epoch."""

    me: Me
    version: str
    epoch: str
    limits: ClientLimits
    commands: list[CommandUsage]


class Joined(Event, frozen=True, tag="joined"):
    """The answer to `join`: the live state of a conversation, read in one step with the subscription."""

    ref: int
    conversation: ConversationId
    topic: str
    head: int
    epoch: str
    people: list[Person]
    read: int
    drafts: list[Draft]
    mine: Draft | None = None


class Ack(Event, frozen=True, tag="ack"):
    """A request succeeded, and its effects are durable."""

    ref: int
    id: str | None = None
    seq: int | None = None
    position: int | None = None


class Error(Event, frozen=True, tag="error", kw_only=True):
    """A request was refused. `retry_after` is in seconds. `reason` is the moderator's, for a mute or a ban.

    For a draft, which has no `ref`, `id` is the id of the message that is typed. `conversation` is the one to use
    instead.
    """

    ref: int | None = None
    id: str | None = None
    code: str
    message: str
    field: str | None = None
    retry_after: float | None = None
    reason: str | None = None
    conversation: str | None = None

    @classmethod
    def of(cls, refused: Refused, ref: int | None = None, draft: str | None = None) -> "Error":
        """The frame for a refused request: one with a `ref`, or the draft with this id."""
        return cls(
            ref=ref,
            id=draft,
            code=refused.code,
            message=refused.message,
            field=refused.field,
            retry_after=refused.retry_after,
            reason=refused.reason,
            conversation=refused.conversation,
        )


class DraftChange(Event, frozen=True, tag="draft"):
    """Drafts that changed since the last such frame; with `all`, all drafts of the conversation.

    With `mine`, they are the receiving user's own drafts. Other frames are encoded once for many users, so they can
    contain those as well, and clients skip them.
    """

    conversation: ConversationId
    drafts: list[Draft]
    mine: bool = False
    all: bool = False


class MeChange(Event, frozen=True, tag="me"):
    """The receiving user's account changed."""

    me: Me


class PersonChange(Event, frozen=True, tag="person"):
    """The public data of a user changed. Sent to all users, whether or not they share a conversation."""

    person: Person


class PresenceChange(Event, frozen=True, tag="presence"):
    """Changes of a conversation's roster since the last such frame."""

    conversation: ConversationId
    came: list[Person]
    went: list[str]


class ConversationChange(Event, frozen=True, tag="conversation"):
    """The topic of a conversation changed."""

    conversation: ConversationId
    topic: str


class Removed(Event, frozen=True, tag="removed"):
    """The receiving user was kicked from a conversation or banned. After a ban, the websocket closes."""

    how: Literal["kicked", "banned"]
    reason: str
    conversation: ConversationId | None = None
    until: Milliseconds | None = None


class ReadChange(Event, frozen=True, tag="read"):
    """The receiving user has read up to `seq` on another connection. The counts are up to `head`."""

    conversation: ConversationId
    seq: int
    head: int
    unread: int
    mentions: int


class EntryChange(Event, frozen=True, tag="entry"):
    """An entry of the receiving user's list was added or changed."""

    entry: Entry


class Unlisted(Event, frozen=True, tag="unlisted"):
    """A conversation was removed from the receiving user's list."""

    conversation: ConversationId


class OnlineChange(Event, frozen=True, tag="online"):
    """A user came online or went offline. Sent to users who list a direct conversation with that user."""

    user: UserId
    online: bool


class Activity(Event, frozen=True, tag="activity"):
    """The newest messages of a conversation that the receiving user lists, but has not joined on this connection."""

    conversation: ConversationId
    head: int
    messages: list[Message]


class Notice(Event, frozen=True, tag="notice"):
    """A text for one user that is not stored. A later one with the same id replaces it; an empty text removes it."""

    conversation: ConversationId
    text: str
    ref: int | None = None
    id: str | None = None


class CommandsChange(Event, frozen=True, tag="commands"):
    """The commands that the receiving user can run changed."""

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
