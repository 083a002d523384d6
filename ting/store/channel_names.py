"""The stored fields by which channels are found: by the start of a name, and by names that look alike."""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne

from ting.core.conversation_ids import Lookalikes, channel_prefix, is_channel
from ting.core.models import ConversationId

BATCH = 1000


def name_fields(conversation: ConversationId) -> dict[str, Any]:
    """The fields of a channel's name. Empty for other conversations."""
    if not is_channel(conversation):
        return {}
    return {"folded": channel_prefix(conversation), "keys": sorted(Lookalikes(conversation).keys)}


async def fill_in_names(conversations: AsyncIOMotorCollection[dict[str, Any]]) -> None:
    """Store the fields for the channels of a database that an older version wrote. Safe to repeat."""
    query = {"_id": {"$gte": "#", "$lt": "$"}, "folded": {"$exists": False}}
    while documents := await conversations.find(query, {"_id": 1}).to_list(BATCH):
        updates = [UpdateOne({"_id": found["_id"]}, {"$set": name_fields(found["_id"])}) for found in documents]
        await conversations.bulk_write(updates, ordered=False)
