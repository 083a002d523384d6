"""What is kept of conversations beside their messages: the topic."""

from ting.models import Conversation, ConversationId
from ting.store.database import Database, answered


class ConversationStore:
    """Conversations by id. One that nobody changed has no document."""

    def __init__(self, database: Database) -> None:
        self._conversations = database.collection("conversations")

    async def get(self, conversation_id: ConversationId) -> Conversation:
        document = await answered(lambda: self._conversations.find_one({"_id": conversation_id}))
        return Conversation(id=conversation_id, topic=document["topic"] if document else "")

    async def put(self, conversation: Conversation) -> None:
        await answered(
            lambda: self._conversations.replace_one(
                {"_id": conversation.id}, {"topic": conversation.topic}, upsert=True
            )
        )
