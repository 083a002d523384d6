"""Pages of messages, which are limited in number and in bytes."""

from motor.motor_asyncio import AsyncIOMotorCursor

from ting.store.database import Document, or_busy

PAGE_BYTES = 2**20  # of the messages in one answer
BATCH = 101  # messages that are read at once; MongoDB's own first batch
MESSAGE_BYTES = 500  # of a message without its text, its reactions and mentions
ID_BYTES = 24

Cursor = AsyncIOMotorCursor[Document]


async def page_of(query: Cursor, limit: int) -> tuple[list[Document], bool]:
    """The first documents of a query, at most `limit` and about `PAGE_BYTES`, and whether there are more.

    There is at least one, if there is any. They are read in batches, so that no more than a batch too many is read.
    """
    found: list[Document] = []
    bytes = 0
    query.limit(limit + 1).batch_size(BATCH)
    while batch := await or_busy(lambda: query.to_list(BATCH)):
        for document in batch:
            bytes += _sent_bytes(document)
            if len(found) == limit or (found and bytes > PAGE_BYTES):
                await query.close()
                return found, True
            found.append(document)
        if len(batch) < BATCH:
            break
    return found, False


def _sent_bytes(document: Document) -> int:
    """About as many bytes as a message has when it is sent. One that cannot be read is left out later."""
    try:
        reactions = sum(map(len, document.get("reactions", {}).values()))
        mentions = len(document.get("mentions", ()))
        return MESSAGE_BYTES + len(document["text"].encode()) + ID_BYTES * (reactions + mentions)
    except (AttributeError, KeyError, TypeError):
        return MESSAGE_BYTES
