"""Frames that a client sends. Decoding validates each frame against its struct."""

from typing import Annotated

from msgspec import Meta, Struct

from ting.core.models import MessageId

Ref = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Id = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=20_000)]  # the limit of a message is lower; this one bounds the work of decoding


class Request(Struct, frozen=True, tag_field="type", kw_only=True):
    """A request. The server answers it with exactly one `ack`, `joined` or `error` with the same `ref`."""

    ref: Ref


class Join(Request, frozen=True, tag="join"):
    """Subscribe to a conversation. Answered by `joined`.

    `after` is the seq up to which the client has everything, and `epoch` the one in which it learned that. Both are
    left out by a client that has nothing.
    """

    conversation: Id
    after: Seq | None = None
    epoch: Id | None = None


class Leave(Request, frozen=True, tag="leave"):
    """Unsubscribe from a conversation."""

    conversation: Id


class DraftUpdate(Struct, frozen=True, tag_field="type", tag="draft"):
    """The current text of the composer. Answered only by an `error`, if it is refused."""

    conversation: Id
    id: MessageId
    text: Text


class Send(Request, frozen=True, tag="send"):
    """Commit a message, optionally as a reply or with a file. With a file, the text can be empty.

    Acknowledged once MongoDB has journaled the message.
    """

    conversation: Id
    id: MessageId
    text: Text
    reply_to: MessageId | None = None
    file: Id | None = None


class Edit(Request, frozen=True, tag="edit"):
    """Change the text of the user's own message. `seq` is the version that the user edited."""

    id: MessageId
    text: Text
    seq: Seq | None = None


class Delete(Request, frozen=True, tag="delete"):
    """Delete a message."""

    id: MessageId


class React(Request, frozen=True, tag="react"):
    """Add a reaction to a message, or remove it."""

    id: MessageId
    emoji: Annotated[str, Meta(max_length=100)]
    on: bool


class Read(Request, frozen=True, tag="read"):
    """Move the read mark of a conversation to `seq`. A read mark never moves back."""

    conversation: Id
    seq: Seq


class Visit(Request, frozen=True, tag="visit"):
    """The user stays in a conversation or writes in it: bump it to the top of the list."""

    conversation: Id


class Ping(Request, frozen=True, tag="ping"):
    """Check the connection. Browsers give scripts no access to the pings of the websocket protocol."""


AnyRequest = Join | Leave | DraftUpdate | Send | Edit | Delete | React | Read | Visit | Ping
