"""The texts of stored messages, as the indexer reads them."""

import msgspec

from ting.core.models import ConversationId, Milliseconds, UserId
from ting.store.reading import Document


class StoredText(msgspec.Struct, frozen=True):
    """What the search index needs of a message. Types only, so that only an unusable message is unreadable."""

    id: str
    conversation: ConversationId
    seq: int
    first: int
    author: UserId
    sent: Milliseconds
    text: str
    deleted: Milliseconds | None = None


TEXT_FIELDS = ["_id", *StoredText.__struct_fields__[1:]]


def stored_text(document: Document) -> StoredText:
    """The text of a message. Raises an error of `UNREADABLE`, for a `Reader`."""
    return msgspec.convert({**document, "id": document["_id"]}, StoredText)
