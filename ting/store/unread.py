"""Counting what somebody has not read, in the indexes of the messages.

Only the newest `COUNTED` changes of a conversation are looked at: who is further behind is told of those.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pymongo import DESCENDING

from ting.models import HERE, ConversationId, Counts, UserId
from ting.store.database import Database, Document, answered

COUNTED = 1000


@dataclass(frozen=True)
class Behind:
    """Somebody has read a conversation up to `read`, and its newest seq is `head`."""

    conversation: ConversationId
    read: int
    head: int

    @property
    def condition(self) -> Document:
        unread = {"$gt": max(self.read, self.head - COUNTED), "$lte": self.head}
        return {"conversation": self.conversation, "first": unread}


class UnreadStore:
    """Messages, as far as they are counted."""

    def __init__(self, database: Database) -> None:
        self._messages = database.collection("messages")

    async def heads(self, conversations: Collection[ConversationId]) -> dict[ConversationId, int]:
        """The newest seq of each of these conversations; 0 where nothing was said."""
        if not conversations:
            return {}
        stages: list[Document] = [
            {"$match": {"conversation": {"$in": list(conversations)}}},
            {"$sort": {"conversation": DESCENDING, "seq": DESCENDING}},
            {"$group": {"_id": "$conversation", "head": {"$first": "$seq"}}},
        ]
        query = self._messages.aggregate(stages)
        found = await answered(lambda: query.to_list(None))
        return dict.fromkeys(conversations, 0) | {document["_id"]: int(document["head"]) for document in found}

    async def count(
        self, user: UserId, behind: Iterable[Behind], but_by: Iterable[UserId]
    ) -> Mapping[ConversationId, Counts]:
        """What is unread, of those conversations where there is something.

        Messages by the user, and by those of `but_by`, do not count.
        """
        waiting = [one for one in behind if one.read < one.head]
        but = [user, *but_by]
        counted = await asyncio.gather(*(self._count(user, one, but) for one in waiting))
        return {one.conversation: counts for one, counts in zip(waiting, counted, strict=True) if counts.unread}

    async def _count(self, user: UserId, behind: Behind, but: list[UserId]) -> Counts:
        by_others = {**behind.condition, "author": {"$nin": but}}
        # Said so, and not with $exists, the index alone can tell that a message is not deleted.
        unread, mentions = await asyncio.gather(
            self._number({**by_others, "deleted": {"$not": {"$gt": 0}}}, "conversation_first"),
            self._number({**by_others, "mentions": {"$in": [user, HERE]}}, "mentions"),
        )
        return Counts(unread, mentions)

    async def _number(self, condition: Document, index: str) -> int:
        """How many messages there are; the index is named, since MongoDB likes to take the wrong one."""
        count = {"$group": {"_id": None, "count": {"$sum": 1}}}
        query = self._messages.aggregate([{"$match": condition}, count], hint=index)
        found = await answered(lambda: query.to_list(None))
        return int(found[0]["count"]) if found else 0
