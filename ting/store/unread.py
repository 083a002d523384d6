"""Counts of unread messages, and the newest seqs they are counted from."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pymongo import DESCENDING

from ting.core.models import HERE, ConversationId, UnreadCounts, UserId
from ting.core.models.ids import MAX_NUMBER
from ting.store.database import Database, Document, Documents, or_busy

MAX_COUNTED = 1000


@dataclass(frozen=True)
class ReadPosition:
    """A user's read mark in a conversation whose newest seq is `head`."""

    conversation: ConversationId
    read: int
    head: int

    @property
    def condition(self) -> Document:
        """The condition for messages that are counted as unread."""
        unread = {"$gt": max(self.read, self.head - MAX_COUNTED), "$lte": self.head}
        return {"conversation": self.conversation, "first": unread}


class UnreadCounter:
    """Counts unread messages."""

    def __init__(self, database: Database) -> None:
        self._messages = database.collection("messages")

    async def heads(self, conversations: Collection[ConversationId]) -> dict[ConversationId, int]:
        """The newest seq of each of these conversations; 0 if it has no messages."""
        if not conversations:
            return {}
        stages: list[Document] = [
            {"$match": {"conversation": {"$in": list(conversations)}}},
            {"$sort": {"conversation": DESCENDING, "seq": DESCENDING}},
            {"$group": {"_id": "$conversation", "head": {"$first": "$seq"}}},
        ]
        query = self._messages.aggregate(stages)
        documents = await or_busy(lambda: query.to_list(None))
        found = {document["_id"]: document["head"] for document in documents if isinstance(document["_id"], str)}
        # In MongoDB's order, a broken text is higher than each number: ask for the highest number then.
        broken = [key for key, head in found.items() if not isinstance(head, int) or head > MAX_NUMBER]
        found |= {key: await highest(self._messages, key, "seq") for key in broken}
        return dict.fromkeys(conversations, 0) | {key: int(head) for key, head in found.items()}

    async def count(
        self, user: UserId, positions: Iterable[ReadPosition], ignoring: Iterable[UserId]
    ) -> Mapping[ConversationId, UnreadCounts]:
        """Unread counts by conversation, without conversations that have no unread messages.

        Messages by the user and by the users in `ignoring` do not count.
        """
        unread = [position for position in positions if position.read < position.head]
        excluded = [user, *ignoring]
        counted = await asyncio.gather(*(self._count(user, position, excluded) for position in unread))
        return {
            position.conversation: counts for position, counts in zip(unread, counted, strict=True) if counts.unread
        }

    async def _count(self, user: UserId, position: ReadPosition, excluded: list[UserId]) -> UnreadCounts:
        by_others = {**position.condition, "author": {"$nin": excluded}}
        # Unlike $exists, this condition on `deleted` is answered by the index alone.
        unread, mentions = await asyncio.gather(
            self._number({**by_others, "deleted": {"$not": {"$gt": 0}}}, "conversation_first"),
            self._number({**by_others, "mentions": {"$in": [user, HERE]}}, "mentions"),
        )
        return UnreadCounts(unread, mentions)

    async def _number(self, condition: Document, index: str) -> int:
        """The number of messages that meet a condition. The index is given, since MongoDB may choose a worse one."""
        count = {"$group": {"_id": None, "count": {"$sum": 1}}}
        query = self._messages.aggregate([{"$match": condition}, count], hint=index)
        found = await or_busy(lambda: query.to_list(None))
        return int(found[0]["count"]) if found else 0


async def highest(messages: Documents, conversation: ConversationId, field: str) -> int:
    """The highest seq or position of a conversation; 0 if it has no messages."""
    # Only numbers: in MongoDB's order, a broken text would be higher than each of them.
    numbers = {"conversation": conversation, field: {"$gte": 1, "$lte": MAX_NUMBER}}
    query = messages.find(numbers, {"_id": 0, field: 1}).sort(field, DESCENDING).limit(1)
    documents = await or_busy(query.to_list)
    return int(documents[0][field]) if documents else 0
