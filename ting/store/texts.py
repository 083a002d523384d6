"""The texts of stored messages, as the indexer reads them."""

import logging

import msgspec

from ting.core.models import ConversationId, Milliseconds, UserId
from ting.store.database import Document

logger = logging.getLogger(__name__)


class StoredText(msgspec.Struct, frozen=True):
    """What the search index needs of a message. Types only, so that only an unusable message is unreadable."""

    id: str
    conversation: ConversationId
    seq: int
    author: UserId
    sent: Milliseconds
    text: str
    deleted: Milliseconds | None = None


TEXT_FIELDS = ["_id", *StoredText.__struct_fields__[1:]]


def stored_text(document: Document) -> StoredText | None:
    """The text of a message; None, after logging it, if the document cannot be read."""
    try:
        return msgspec.convert({**plain(document), "id": document["_id"]}, StoredText)
    except msgspec.ValidationError as error:
        log_unreadable(document, error)
        return None


def log_unreadable(document: Document, error: Exception) -> None:
    """Log that a message cannot be read. Of the error only the type: its message may quote the text."""
    logger.error("The message %s cannot be read: %s", document.get("_id"), type(error).__name__)


def plain(document: Document) -> Document:
    """The document with plain integers: BSON has its own type for 64 bits."""
    return {
        name: int(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in document.items()
    }
