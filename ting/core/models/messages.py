"""The values that travel through the server. Frozen: whoever holds one holds it as it was."""

import re
from typing import Literal

from msgspec import Struct

from ting.core.models.ids import ConversationId, MessageId, Milliseconds, UserId
from ting.core.models.users import Person

MAX_TEXT_CHARS = 4000
MAX_TOPIC_CHARS = 200
MAX_QUOTE_CHARS = 160
HERE = "here"  # a mention of everybody
MAX_EMOJI_CHARS = 16
MAX_DIFFERENT_REACTIONS = 20
MAX_REACTIONS = 1000  # of one message: every change of it tells them all
MessageKind = Literal["text", "action"]


class Draft(Struct, frozen=True):
    """A message that is being typed. A text of "" is one whose letters are not shown; None is one that is gone."""

    id: MessageId
    author: Person
    position: int
    text: str | None


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
    def is_new(self) -> bool:
        """Whether this is the message as it was sent, and not a later change of it."""
        return self.first == self.seq

    @property
    def quote(self) -> Quote:
        """What an answer to this message shows of it."""
        return Quote(self.id, self.author, self.text[:MAX_QUOTE_CHARS], self.deleted is not None)


class Conversation(Struct, frozen=True, kw_only=True):
    """What is known of a conversation beyond its messages."""

    id: ConversationId
    topic: str = ""


_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def is_text(entered: str) -> bool:
    """Whether there are neither control characters (but tabs and line ends) nor halves of surrogate pairs in it."""
    return _NOT_TEXT.search(entered) is None


def message_text(entered: str) -> str | None:
    """The text as it is kept, or None where it cannot be a message's.

    Line ends become `\\n`. Control characters and lone surrogates have no place in a text; tabs and line ends do.
    """
    text = entered.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip() or len(text) > MAX_TEXT_CHARS or not is_text(text):
        return None
    return text
