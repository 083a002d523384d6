"""Messages, drafts and what belongs to them."""

from typing import Literal

from msgspec import Struct

from ting.core.models.ids import ConversationId, MessageId, Milliseconds, Seq, UserId
from ting.core.models.users import Person

MAX_TEXT_CHARS = 4000
MAX_TOPIC_CHARS = 200
MAX_QUOTE_CHARS = 160
HERE = "here"  # mentions all users of a conversation
MAX_EMOJI_CHARS = 16
MAX_DIFFERENT_REACTIONS = 20
MAX_REACTIONS = 1000  # of one message: each change of a message sends all of them again
MessageKind = Literal["text", "action"]


class Draft(Struct, frozen=True):
    """A message that is being typed. The text is "" if its letters are not shown, None if the draft is gone."""

    id: MessageId
    author: Person
    position: int
    text: str | None


class Quote(Struct, frozen=True, omit_defaults=True):
    """The message that another one replies to, in its current version, with the start of its text."""

    id: MessageId
    author: Person
    text: str
    deleted: bool = False


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attached file: its size in bytes; for an image, width and height in pixels.

    `preview` is whether there is a smaller image of it, which never moves; `animated` is whether the file itself does.
    """

    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    preview: bool = False
    animated: bool = False


class Message(Struct, frozen=True, kw_only=True, tag_field="type", tag="message", omit_defaults=True):
    """A committed message in its current version. It is its own frame on the wire."""

    id: MessageId
    conversation: ConversationId
    seq: Seq
    first: Seq
    position: Seq
    author: Person
    kind: MessageKind
    text: str
    started: Milliseconds
    sent: Milliseconds
    edited: Milliseconds | None = None
    edited_from: int | None = None  # the seq of the version that the last edit replaced
    deleted: Milliseconds | None = None
    reply_to: Quote | None = None
    file: File | None = None
    reactions: dict[str, list[UserId]] = {}  # for each emoji, the users who reacted with it, oldest first
    mentions: list[str] = []  # user ids, or "here" for all users
    mention_ranges: list[tuple[int, int, str]] = []  # start and end in the text, in characters, and which of `mentions`
    via: str | None = None  # the name of the command that sent it

    @property
    def is_new(self) -> bool:
        """Whether this is the first version of the message."""
        return self.first == self.seq

    @property
    def quote(self) -> Quote:
        """The quote that a reply to this message shows."""
        return Quote(self.id, self.author, self.text[:MAX_QUOTE_CHARS], self.deleted is not None)


class Conversation(Struct, frozen=True, kw_only=True):
    """The stored fields of a conversation, without its messages."""

    id: ConversationId
    topic: str = ""
