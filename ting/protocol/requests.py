"""What a client sends. Whatever comes is checked against these structs before anything is done with it."""

from typing import Annotated

from msgspec import Meta, Struct

from ting.core.models import MessageId

Ref = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Id = Annotated[str, Meta(max_length=100)]
Text = Annotated[str, Meta(max_length=20_000)]  # the real limit is the message's; this only bounds the work


class Request(Struct, frozen=True, tag_field="type", kw_only=True):
    """What a client sends. Exactly one `ack`, `joined` or `error` with its `ref` answers it."""

    ref: Ref


class Join(Request, frozen=True, tag="join"):
    """Subscribe to a conversation. Answered by `joined`."""

    conversation: Id


class Leave(Request, frozen=True, tag="leave"):
    """Unsubscribe."""

    conversation: Id


class DraftUpdate(Struct, frozen=True, tag_field="type", tag="draft"):
    """What the composer holds now. Not answered, unless it is refused."""

    conversation: Id
    id: MessageId
    text: Text


class Send(Request, frozen=True, tag="send"):
    """Commit a message, perhaps as the answer to another, or with a file; it may have no text then.

    Acknowledged once MongoDB has journaled it.
    """

    conversation: Id
    id: MessageId
    text: Text
    reply_to: MessageId | None = None
    file: Id | None = None


class Edit(Request, frozen=True, tag="edit"):
    """Change the text of one's own message; `seq` is that of the version that was changed."""

    id: MessageId
    text: Text
    seq: Seq | None = None


class Delete(Request, frozen=True, tag="delete"):
    """Take back one's own message."""

    id: MessageId


class React(Request, frozen=True, tag="react"):
    """Add an emoji to a message, or take it back."""

    id: MessageId
    emoji: Annotated[str, Meta(max_length=100)]
    on: bool


class Read(Request, frozen=True, tag="read"):
    """Everything up to `seq` was read. A mark never moves back."""

    conversation: Id
    seq: Seq


class Visit(Request, frozen=True, tag="visit"):
    """A conversation is being looked at for good, or written in: to the top of the list."""

    conversation: Id


class Ping(Request, frozen=True, tag="ping"):
    """Is anybody there? Browsers cannot see the protocol's own pings."""


AnyRequest = Join | Leave | DraftUpdate | Send | Edit | Delete | React | Read | Visit | Ping
