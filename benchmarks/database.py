"""Bare access to Ting's mongod: the floor of what must be stored, and a quick way to a long history."""

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


def inserting(ting: Ting) -> Collection[Document]:
    """An empty collection in a database of its own. What is written there is journaled."""
    client: MongoClient[Document] = MongoClient(ting.mongodb)
    client.drop_database("bare")
    return client.get_database("bare", write_concern=WriteConcern(w="majority", j=True))["messages"]


def history(ting: Ting) -> Collection[Document]:
    """Ting's own messages, to be written without waiting for the journal."""
    client: MongoClient[Document] = MongoClient(ting.mongodb)
    return client.get_database("ting", write_concern=WriteConcern(w=1, j=False))["messages"]
