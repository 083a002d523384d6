"""What is kept of conversations beside their messages: the topic, and when something was last said in a channel."""

from collections.abc import Iterable, Mapping

from pymongo import DESCENDING, UpdateOne

from ting.models import Conversation, ConversationId, Milliseconds
from ting.names import CHANNEL
from ting.store.database import Database, answered

LAST_CHARACTER = "\U0010ffff"


class ConversationStore:
    """Conversations by id. One that nobody changed has no document."""

    def __init__(self, database: Database) -> None:
        self._conversations = database.collection("conversations")

    async def get(self, conversation_id: ConversationId) -> Conversation:
        document = await answered(lambda: self._conversations.find_one({"_id": conversation_id}))
        return Conversation(id=conversation_id, topic=document.get("topic", "") if document else "")

    async def topics(self, ids: Iterable[ConversationId]) -> dict[ConversationId, str]:
        """The topics of those of these conversations that have one."""
        query = self._conversations.find({"_id": {"$in": list(ids)}, "topic": {"$exists": True}}, {"topic": 1})
        return {document["_id"]: document["topic"] for document in await answered(lambda: query.to_list(None))}

    async def channels(self, prefix: str, limit: int) -> list[tuple[ConversationId, str, Milliseconds]]:
        """Ids, topics and last activity of the channels whose ids begin so, the most recently active first."""
        query = self._conversations.find({"_id": {"$gte": prefix, "$lt": prefix + LAST_CHARACTER}})
        query = query.sort("active", DESCENDING).limit(limit)
        if prefix == CHANNEL:
            query = query.hint("active")
        documents = await answered(lambda: query.to_list(None))
        return [(found["_id"], found.get("topic", ""), int(found.get("active", 0))) for found in documents]

    async def note(self, active: Mapping[ConversationId, Milliseconds]) -> None:
        """When something was last said in these channels."""
        operations = [UpdateOne({"_id": id}, {"$max": {"active": at}}, upsert=True) for id, at in active.items()]
        await answered(lambda: self._conversations.bulk_write(operations, ordered=False))

    async def put(self, conversation: Conversation) -> None:
        await answered(
            lambda: self._conversations.update_one(
                {"_id": conversation.id}, {"$set": {"topic": conversation.topic}}, upsert=True
            )
        )
