"""Direct access to Ting's mongod: for the floors of what is stored, and for filling long conversations quickly."""

from typing import Any

from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection

from benchmarks.children import Ting
from benchmarks.people import TEXT

Document = dict[str, Any]


def document(message_id: str, number: int, room: str = "#bare", author: str = "0" * 20) -> Document:
    """A message as Ting stores it."""
    return {
        "_id": message_id,
        "conversation": room,
        "seq": number,
        "first": number,
        "position": number,
        "author": author,
        "kind": "text",
        "text": TEXT,
        "started": 1_767_225_600_000 + number,
        "sent": 1_767_225_600_000 + number,
    }


def bare_collection(ting: Ting) -> Collection[Document]:
    """An empty collection in a separate database, with journaled writes."""
    client: MongoClient[Document] = MongoClient(ting.mongodb)
    client.drop_database("bare")
    return client.get_database("bare", write_concern=WriteConcern(w="majority", j=True))["messages"]


def message_collection(ting: Ting) -> Collection[Document]:
    """Ting's own collection of messages, with writes that do not wait for the journal."""
    client: MongoClient[Document] = MongoClient(ting.mongodb)
    return client.get_database("ting", write_concern=WriteConcern(w=1, j=False))["messages"]
