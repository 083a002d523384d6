"""Every frame on the websocket, as tagged structs, and how it becomes bytes and back.

The same words stand in `static/js/model/protocol.js` and are explained in `docs/protocol.md`.
`Message` (in `models`) is its own frame.
"""

import json
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from ting.errors import BadFrame, BadRequest, Refused, UnknownType
from ting.models import ConversationId, Draft, Entry, Me, Message, MessageId, Milliseconds, Person, UserId

Ref = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Id = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=20_000)]  # the real limit is the message's; this only bounds the work


class Command(Struct, frozen=True, tag_field="type", kw_only=True):
    """What a client sends. Exactly one `ack`, `joined` or `error` with its `ref` answers it."""

    ref: Ref


class Join(Command, frozen=True, tag="join"):
    """Subscribe to a conversation. Answered by `joined`."""

    conversation: Id


class Leave(Command, frozen=True, tag="leave"):
    """Unsubscribe."""

    conversation: Id


class DraftUpdate(Struct, frozen=True, tag_field="type", tag="draft"):
    """What the composer holds now. Not answered, unless it is refused."""

    conversation: Id
    id: MessageId
    text: Text


class Send(Command, frozen=True, tag="send"):
    """Commit a message, perhaps as the answer to another, or with a file; it may have no text then.

    Acknowledged once MongoDB has journaled it.
    """

    conversation: Id
    id: MessageId
    text: Text
    reply_to: MessageId | None = None
    file: Id | None = None


class Edit(Command, frozen=True, tag="edit"):
    """Change the text of one's own message; `seq` is that of the version that was changed."""

    id: MessageId
    text: Text
    seq: Seq | None = None


class Delete(Command, frozen=True, tag="delete"):
    """Take back one's own message."""

    id: MessageId


class React(Command, frozen=True, tag="react"):
    """Add an emoji to a message, or take it back."""

    id: MessageId
    emoji: Annotated[str, Meta(max_length=100)]
    on: bool


class Read(Command, frozen=True, tag="read"):
    """Everything up to `seq` was read. A mark never moves back."""

    conversation: Id
    seq: Seq


class Visit(Command, frozen=True, tag="visit"):
    """A conversation is being looked at for good, or written in: to the top of the list."""

    conversation: Id


class Ping(Command, frozen=True, tag="ping"):
    """Is anybody there? Browsers cannot see the protocol's own pings."""


AnyCommand = Join | Leave | DraftUpdate | Send | Edit | Delete | React | Read | Visit | Ping


class Event(Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """What the server sends."""


class Limits(Struct, frozen=True):
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
    limits: Limits
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

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_encoder = msgspec.json.Encoder()
_Body = TypeVar("_Body")


class _Envelope(Struct):
    """As much of a frame as is needed to answer one that is refused."""

    type: Any = None
    ref: Any = None


_envelopes = msgspec.json.Decoder(_Envelope)


class RefusedFrame(Exception):
    """A frame that asks for nothing sensible; `ref` is given where it could be read."""

    def __init__(self, refused: Refused, ref: int | None) -> None:
        super().__init__(refused.message)
        self.refused = refused
        self.ref = ref


def decode(frame: str) -> AnyCommand:
    """The command in a text frame.

    Raises `BadFrame` for what is no JSON object, and `RefusedFrame` for one that is no valid command.
    """
    try:
        return _commands.decode(frame)
    except msgspec.ValidationError as error:
        raise _refusal(frame, error) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _undecodable(frame) from None


def encode(value: object) -> bytes:
    """JSON, UTF-8."""
    return _encoder.encode(value)


def decode_body(body: bytes, into: type[_Body]) -> _Body:
    """A value from the body of a request. Raises `BadRequest`, with the field where there is one."""
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{error}.", field=_field(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def _refusal(frame: str, error: msgspec.ValidationError) -> Exception:
    try:
        envelope = _envelopes.decode(frame)
    except msgspec.ValidationError:
        return BadFrame()  # valid JSON, but no object
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _undecodable(frame)  # the complaint was about its beginning; what comes after is worse
    ref = _readable(envelope.ref)
    if envelope.type not in COMMAND_TYPES:
        known = ", ".join(COMMAND_TYPES)
        return RefusedFrame(UnknownType(f"A frame's type is one of: {known}."), ref)
    return RefusedFrame(BadRequest(f"{error}.", field=_field(error)), ref)


def _undecodable(frame: str) -> Exception:
    """Half a surrogate pair is JSON by its grammar, but no text (RFC 8259, 8.2): refused without closing."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return BadFrame()
    ref = _readable(value.get("ref")) if isinstance(value, dict) else None
    if ref is None:
        return BadFrame()
    return RefusedFrame(BadRequest("A text contains half of a surrogate pair.", field="text"), ref)


def _readable(ref: Any) -> int | None:
    """In Python a bool is an int; in JSON it is not."""
    return ref if isinstance(ref, int) and not isinstance(ref, bool) else None


def _field(error: msgspec.ValidationError) -> str | None:
    """The field that msgspec complains about: the end of `... - at `$.name`` or the name in a missing one."""
    text = str(error)
    _, found, path = text.rpartition("`$.")
    if found:
        return path.rstrip("`")
    _, found, name = text.partition("missing required field `")
    return name.partition("`")[0] if found else None


def tag(struct: type[Struct]) -> str:
    """The `type` of a frame's struct."""
    return str(struct.__struct_config__.tag)


COMMAND_TYPES = tuple(tag(command) for command in AnyCommand.__args__)
