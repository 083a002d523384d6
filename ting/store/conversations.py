"""What is kept of conversations beside their messages: the topic, and when something was last said in a channel."""

from collections.abc import Iterable

from ting.models import Conversation, ConversationId
from ting.store.database import Database, answered


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

    async def put(self, conversation: Conversation) -> None:
        await answered(
            lambda: self._conversations.update_one(
                {"_id": conversation.id}, {"$set": {"topic": conversation.topic}}, upsert=True
            )
        )
